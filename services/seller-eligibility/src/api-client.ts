/** API clients: the programs with which a seller calls the partner graph by themselves, and the rules for what they are called and allowed. */
import { apiScopes, isApiScope, type ApiScope } from '@vitrine/contracts/api-scopes';
import { parseIpRange } from './ip-range.ts';
import { parseDisplayName } from './seller.ts';

export interface ApiClient {
  /** `apc_…` */
  readonly clientId: string;
  readonly sellerId: string;
  /** For the people of the seller. */
  readonly name: string;
  /** In the order of `apiScopes`; at least one. */
  readonly scopes: readonly ApiScope[];
  /** CIDR ranges; empty where any address may call. */
  readonly ipAllowList: readonly string[];
  /** The account of the person who made it, for which it acts. */
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** How a client proves that it is the one: with a secret that both know, or with a signature by a key of its own. */
export type ApiKeyKind = 'secret' | 'public_key';

export interface ApiKey {
  /** `apk_…` */
  readonly keyId: string;
  readonly clientId: string;
  readonly kind: ApiKeyKind;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  /** CIDR range, /24 or /48. */
  readonly lastUsedNetwork: string | null;
}

/** Clients of a seller that are not revoked. */
export const maxClients = 10;
/** Keys of a client that are neither revoked nor expired: enough to change one while another is in use. */
export const maxKeys = 5;
/** Entries of an allow list. */
const maxRanges = 50;

/** Where in an input something is wrong, and what. */
export interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

export interface ClientSettings {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly ipAllowList: readonly string[];
}

const isFault = (parsed: object): parsed is Fault => 'message' in parsed;

/** Settings of a client as they are kept, or the first thing that is wrong with them. */
export function parseSettings(given: {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly ipAllowList: readonly string[];
}): ClientSettings | Fault {
  const name = parseDisplayName(given.name);
  if (name === null) return { path: ['name'], message: 'name must have 1 to 80 printable characters on one line.' };
  const scopes = parseScopes(given.scopes);
  if (isFault(scopes)) return scopes;
  const ipAllowList = parseAllowList(given.ipAllowList);
  return isFault(ipAllowList) ? ipAllowList : { name, scopes, ipAllowList };
}

function parseScopes(given: readonly string[]): readonly ApiScope[] | Fault {
  if (given.length === 0) return { path: ['scopes'], message: `scopes must name at least one of ${apiScopes.join(', ')}.` };
  const unknown = given.findIndex((scope) => !isApiScope(scope));
  if (unknown >= 0) return { path: ['scopes', String(unknown)], message: `A scope is one of ${apiScopes.join(', ')}.` };
  return apiScopes.filter((scope) => given.includes(scope));
}

function parseAllowList(given: readonly string[]): readonly string[] | Fault {
  if (given.length > maxRanges) return { path: ['ipAllowList'], message: `ipAllowList has ${maxRanges} entries at most.` };
  const ranges = given.map(parseIpRange);
  const wrong = ranges.indexOf(null);
  if (wrong >= 0) {
    return {
      path: ['ipAllowList', String(wrong)],
      message:
        'An entry is an IPv4 or IPv6 address, or a range of them in CIDR notation whose address is its first, for example 203.0.113.0/24.',
    };
  }
  return [...new Set(ranges.filter((range) => range !== null))];
}
