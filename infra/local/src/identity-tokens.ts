/** Gets access tokens for seeded accounts from the local identity provider without a browser; for the seed, the demo and tests. */
import { developmentClientId, developmentGrantType } from './identity-clients.ts';
import type { Graph } from './identity-graphs.ts';
import { graphResources } from './identity-graphs.ts';
import { makeProof, type SoftwareKey } from './official-app-keys.ts';

export type DevelopmentTokenRequest = {
  /** Origin of the identity provider. */
  readonly issuer: string;
  /** The provider's `DEVELOPMENT_CLIENT_SECRET`. */
  readonly clientSecret: string;
  /** Handle (`@ada`) or id (`usr_…`) of a seeded account. */
  readonly handle: string;
  readonly graph: Graph;
  /** Lifetime from now, in seconds; 900 when absent, negative for a token that has already ended. */
  readonly expiresInSeconds?: number;
  /** Key that the token is to be bound to; a bearer token without one. */
  readonly key?: SoftwareKey;
};

/** The provider refused the token; `code` is the OAuth error. */
export class DevelopmentTokenError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, description: string) {
    super(`the identity provider refused a development token: ${code}: ${description}`);
    this.name = 'DevelopmentTokenError';
    this.code = code;
    this.status = status;
  }
}

/**
 * An access token for one graph.
 * @throws DevelopmentTokenError with `invalid_client` (wrong secret), `invalid_grant` (unknown account),
 *   `access_denied` (the account lacks the graph's role) or `invalid_request` (lifetime out of range).
 */
export async function fetchDevelopmentToken(request: DevelopmentTokenRequest): Promise<string> {
  const form = new URLSearchParams({
    grant_type: developmentGrantType,
    account: request.handle,
    resource: graphResources[request.graph].audience,
  });
  if (request.expiresInSeconds !== undefined) form.set('expires_in', String(request.expiresInSeconds));
  // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
  const credentials = `${encodeURIComponent(developmentClientId)}:${encodeURIComponent(request.clientSecret)}`;
  const url = new URL('/token', request.issuer);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      ...(request.key === undefined ? {} : { dpop: makeProof(request.key, { method: 'POST', url: url.href }) }),
    },
    body: form,
  });
  const text = await response.text();
  const answer = parseAnswer(text);
  if (response.ok && typeof answer?.access_token === 'string') return answer.access_token;
  throw new DevelopmentTokenError(
    typeof answer?.error === 'string' ? answer.error : 'malformed_answer',
    response.status,
    typeof answer?.error_description === 'string' ? answer.error_description : `HTTP ${response.status}`,
  );
}

function parseAnswer(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Not JSON: something other than the identity provider answers, and the caller reports what it said by status.
    return undefined;
  }
}
