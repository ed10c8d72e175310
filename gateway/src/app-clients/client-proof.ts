/**
 * Decides who calls and with what: the access token, the proof that its sender has the key that it is bound to, the version of the app,
 * and that the key is one of an attested official app. In this order, and the first that fails is the answer.
 */
import { unreachable } from '@vitrine/runtime/errors';
import type { Actor } from '@vitrine/runtime/identity';
import type { TokenCheck, TokenSender, TokenVerifier } from '../access-tokens.ts';
import type { Graph } from '../graphs.ts';
import type { AppInstance, MinimumVersion } from './app-client-store.ts';
import type { AppInstances } from './app-instances.ts';
import { readAppVersion, type AppVersion } from './app-version.ts';
import type { AssertionCheck, AssertionVerifier } from './assertions.ts';
import type { DpopCheck, DpopVerifier } from './dpop.ts';
import type { MinimumVersions } from './minimum-versions.ts';

/** Why a request is not taken; `refuseClient` says it. */
export type ClientFault =
  | { readonly kind: 'token'; readonly check: Exclude<TokenCheck, { kind: 'accepted' }> }
  /** A bearer token, where only bound ones are taken. */
  | { readonly kind: 'proof_required' }
  | { readonly kind: 'dpop'; readonly check: Exclude<DpopCheck, { kind: 'accepted' }> }
  /** It does not say in `X-Vitrine-App` which app it is. */
  | { readonly kind: 'app_unnamed' }
  | ({ readonly kind: 'too_old' } & MinimumVersion)
  /** The key is not one of an attested app, or of one on another platform than it says. */
  | { readonly kind: 'unattested' }
  | { readonly kind: 'unavailable' };

/** Whoever has the key that the access token is bound to. */
export interface Possession {
  readonly boundKey: string;
  /** The request's one DPoP proof. */
  readonly proof: string;
  /** `local`: only this process knows that the proof is used. Enough for reading, not for changing anything. */
  readonly replayGuard: 'shared' | 'local';
  /** For the header `DPoP-Nonce` of the answer; null while the client's own is good. */
  readonly nextNonce: string | null;
}

interface Accepted {
  readonly kind: 'accepted';
  readonly actor: Actor;
  /** Of the access token, in ms since 1970. */
  readonly expiresAt: number;
  /** Null for a bearer token. */
  readonly possession: Possession | null;
}
interface Refused {
  readonly kind: 'refused';
  readonly fault: ClientFault;
}

export type PossessionCheck = Accepted | Refused;
export type ClientCheck =
  | (Accepted & {
      /** What the client says that it is; null when it says nothing. */
      readonly app: AppVersion | null;
      /** Null for a bearer token, and on graphs that are not for apps. */
      readonly instance: AppInstance | null;
    })
  | Refused;
export type AcceptedClient = Extract<ClientCheck, { kind: 'accepted' }>;

/** What is looked at of a request; Fastify's has all of it. */
export interface ClientRequest extends TokenSender {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface ClientProof {
  /** All of it. */
  check(graph: Graph, request: ClientRequest): Promise<ClientCheck>;
  /** The token and its key alone: for an app that is about to be attested. */
  checkPossession(graph: Graph, request: ClientRequest): Promise<PossessionCheck>;
  /**
   * For answers that go on for long: whether the app that was let in may still be. False only when its instance is known to be signed out or
   * revoked; not while that cannot be told, nor for a client that has none.
   */
  isLive(client: AcceptedClient): Promise<boolean>;
  /**
   * For what buys or changes saved data, after `check`: the assertion, which uses up its counter. A client without possession, whom
   * `check` has let in, needs none.
   * @param body the bytes that came
   */
  checkAssertion(client: AcceptedClient, request: ClientRequest, body: Uint8Array): Promise<AssertionCheck>;
}

export function createClientProof(options: {
  readonly tokens: TokenVerifier;
  readonly dpop: DpopVerifier;
  readonly versions: MinimumVersions;
  readonly instances: AppInstances;
  readonly assertions: AssertionVerifier;
  /** Whether buyers need a bound token. One that is bound needs all of it in any case. */
  readonly isRequired: boolean;
}): ClientProof {
  const { tokens, dpop, versions, instances, assertions, isRequired } = options;
  const refused = (fault: ClientFault): Refused => ({ kind: 'refused', fault });
  const isForApps = (graph: Graph): boolean => graph.role === 'buyer';

  const checkPossession = async (graph: Graph, request: ClientRequest): Promise<PossessionCheck> => {
    const { method, url, headers } = request;
    const { authorization } = headers;
    const token = await tokens.check(graph, typeof authorization === 'string' ? authorization : undefined, request);
    if (token.kind !== 'accepted') return refused({ kind: 'token', check: token });
    const { actor, expiresAt, boundKey } = token;
    if (boundKey === null)
      return isRequired && isForApps(graph)
        ? refused({ kind: 'proof_required' })
        : { kind: 'accepted', actor, expiresAt, possession: null };
    const check = await dpop.check({ proofHeader: headers['dpop'], method, url, accessToken: token.token, boundKey });
    if (check.kind !== 'accepted') return refused({ kind: 'dpop', check });
    const { proof, replayGuard, nextNonce } = check;
    return { kind: 'accepted', actor, expiresAt, possession: { boundKey, proof, replayGuard, nextNonce } };
  };

  return {
    checkPossession,
    async check(graph, request) {
      const client = await checkPossession(graph, request);
      if (client.kind === 'refused') return client;
      const { possession } = client;
      const header = request.headers['x-vitrine-app'];
      const app = readAppVersion(header);
      const needsInstance = possession !== null && isForApps(graph);
      if (app === null && (needsInstance || header !== undefined)) return refused({ kind: 'app_unnamed' });
      if (app !== null) {
        const version = await versions.check(app);
        if (version.kind === 'too_old') return refused(version);
      }
      if (!needsInstance) return { ...client, app, instance: null };
      const found = await instances.findByKey(possession.boundKey);
      if (found.kind === 'unavailable') return refused(found);
      if (found.kind === 'unknown' || found.instance.platform !== app?.platform) return refused({ kind: 'unattested' });
      return { ...client, app, instance: found.instance };
    },
    async isLive({ possession, instance }) {
      if (possession === null || instance === null) return true;
      const found = await instances.findByKey(possession.boundKey);
      switch (found.kind) {
        case 'found':
          return found.instance.instanceId === instance.instanceId;
        case 'unknown':
          return false;
        case 'unavailable':
          return true;
        default:
          return unreachable(found);
      }
    },
    async checkAssertion({ possession, instance }, { method, url, headers }, body) {
      if (possession === null) return { kind: 'accepted' };
      if (possession.replayGuard === 'local') return { kind: 'unavailable' };
      // On graphs that are not for apps there is nothing that could assert.
      if (instance === null) return { kind: 'accepted' };
      return assertions.check({
        instance,
        assertionHeader: headers['x-vitrine-assertion'],
        method,
        path: url,
        body,
        proofHeader: possession.proof,
      });
    },
  };
}
