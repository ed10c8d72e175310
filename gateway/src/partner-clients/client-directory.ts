/** What seller-eligibility says about API clients. It may be away: that is an answer of its own, which is not "no". */
import type {
  ApiClientLookupResponse,
  ApiClientState,
  KeyUsesRequest,
  KeyUsesResponse,
  SecretCheckResponse,
} from '@vitrine/contracts/api-clients-http';
import { createCircuitBreaker } from '@vitrine/runtime/circuit-breaker';
import { RetryableError } from '@vitrine/runtime/errors';
import type { InternalClient } from '@vitrine/runtime/identity';

export type Lookup =
  /** `client`: null when there is none, or it is revoked. */
  { readonly kind: 'found'; readonly client: ApiClientState | null } | { readonly kind: 'unavailable' };

export type SecretCheck =
  /** `proved`: null when the secret is not one of the client's, whatever the reason. */
  { readonly kind: 'checked'; readonly proved: SecretCheckResponse['proved'] } | { readonly kind: 'unavailable' };

export interface ClientDirectory {
  /** @param clientId an `apc_` id */
  find(clientId: string, requestId: string): Promise<Lookup>;
  /** @param secretHash SHA-256, base64url */
  checkSecret(clientId: string, secretHash: string, requestId: string): Promise<SecretCheck>;
  /** @throws RetryableError when they were not noted. */
  noteUses(uses: KeyUsesRequest['uses'], requestId: string): Promise<void>;
}

const timeoutMs = 2_000;

/** @param sellerEligibility a client for the calls of the gateway to seller-eligibility */
export function createClientDirectory(sellerEligibility: Pick<InternalClient, 'post'>): ClientDirectory {
  // Every request of every partner would wait for what hangs.
  const breaker = createCircuitBreaker({ failureThreshold: 2, pauseMs: 1_000 });

  const ask = async <Response>(path: string, body: object, requestId: string): Promise<Response | null> => {
    if (!breaker.allows()) return null;
    try {
      const answer = await sellerEligibility.post<Response>(`/internal/api-clients/${path}`, body, { requestId, timeoutMs });
      breaker.succeeded();
      return answer;
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      breaker.failed();
      return null;
    }
  };

  return {
    async find(clientId, requestId) {
      const answer = await ask<ApiClientLookupResponse>('lookups', { clientId }, requestId);
      return answer === null ? { kind: 'unavailable' } : { kind: 'found', client: answer.client };
    },
    async checkSecret(clientId, secretHash, requestId) {
      const answer = await ask<SecretCheckResponse>('secret-checks', { clientId, secretHash }, requestId);
      return answer === null ? { kind: 'unavailable' } : { kind: 'checked', proved: answer.proved };
    },
    async noteUses(uses, requestId) {
      await sellerEligibility.post<KeyUsesResponse>('/internal/api-clients/key-uses', { uses }, { requestId, timeoutMs });
    },
  };
}
