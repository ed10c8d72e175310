/**
 * Access tokens of API clients as they come with a request. A token alone opens nothing: the client must still be there,
 * with the key that the token was got with, and call from where it may.
 */
import type { TokenCheck, TokenSender, TokenVerifier } from '../access-tokens.ts';
import type { ClientStates } from './client-states.ts';
import type { KeyUses } from './key-uses.ts';
import { isPartnerToken, type TokenFormat } from './token-format.ts';

const bearer = /^Bearer +([\w.-]+)$/i;
const maxTokenLength = 2_048;

export interface PartnerTokens {
  /** @param token as it was sent, without its scheme */
  check(token: string, sender: TokenSender): Promise<TokenCheck>;
}

/** Takes tokens of API clients on the sellers' graph, beside those that `tokens` takes; on any other they are nothing. */
export function acceptPartnerTokens(tokens: TokenVerifier, partnerTokens: PartnerTokens): TokenVerifier {
  return {
    async check(graph, authorization, sender) {
      const token = partnerTokenOf(authorization);
      if (token === null) return tokens.check(graph, authorization, sender);
      return graph.role === 'seller' ? partnerTokens.check(token, sender) : { kind: 'invalid' };
    },
  };
}

/** The token of an API client in a header `Authorization`, whatever it is worth; null when there is none. */
function partnerTokenOf(authorization: string | undefined): string | null {
  const token = bearer.exec(authorization ?? '')?.[1];
  return token !== undefined && token.length <= maxTokenLength && isPartnerToken(token) ? token : null;
}

export function createPartnerTokens(deps: {
  readonly tokenFormat: TokenFormat;
  readonly clients: ClientStates;
  readonly keyUses: KeyUses;
  readonly now?: () => number;
}): PartnerTokens {
  const { tokenFormat, clients, keyUses, now = Date.now } = deps;
  return {
    async check(token, { ip, id }) {
      const read = tokenFormat.read(token, now());
      if (read.kind !== 'good') return read;
      const { clientId, keyId, scopes, issuedAtMs, expiresAtMs } = read.claims;
      const found = await clients.find(clientId, id, issuedAtMs);
      if (found.kind === 'unavailable') return { kind: 'unavailable' };
      const { client } = found;
      if (client === null || !client.isLiveKey(keyId, now())) return { kind: 'invalid' };
      if (!client.mayCallFrom(ip)) return { kind: 'ip_not_allowed' };
      keyUses.note(keyId, ip);
      return {
        kind: 'accepted',
        actor: {
          role: 'seller',
          accountId: client.accountId,
          sellerId: client.sellerId,
          clientId,
          // What was taken from the client since is taken from its tokens, too.
          scopes: scopes.filter((scope) => client.scopes.has(scope)),
        },
        expiresAt: expiresAtMs,
        token,
        boundKey: null,
      };
    },
  };
}
