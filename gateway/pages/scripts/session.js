/**
 * Signs a person in by OpenID Connect: authorization code with PKCE, for the one graph of this page. The access token is bound to
 * this browser's key (RFC 9449), lives in this tab's session storage and ends with it.
 */
import { configuration } from './configuration.js';
import { describeKey, makeProof } from './dpop.js';
import { base64url, randomText, sha256 } from './encodings.js';

/** The sign-in could not be finished; the message is for the person. */
export class SignInError extends Error {}

const provider = async () => {
  const answer = await fetch(`${configuration.issuer}/.well-known/openid-configuration`);
  if (!answer.ok) throw new SignInError('The sign-in service does not answer. Try again in a moment.');
  return answer.json();
};

/** Asks for a token with proof of a key; a second time when the identity provider wants its nonce in the proof. */
async function fetchToken(url, keyPair, body) {
  let nonce;
  for (;;) {
    const dpop = await makeProof(keyPair, { method: 'POST', url, nonce });
    const response = await fetch(url, { method: 'POST', body, headers: { dpop } });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    if (answer.error !== 'use_dpop_nonce' || nonce !== undefined)
      throw new SignInError('The sign-in could not be finished. Sign in again.');
    nonce = response.headers.get('dpop-nonce');
  }
}

/**
 * @param {'buyer' | 'partner'} graph
 * @param keys the key store
 */
export function createSession(graph, keys) {
  const clientId = configuration.clients[graph];
  const resource = configuration.resources[graph];
  const redirectUri = `${location.origin}${location.pathname}`;
  const storageName = `vitrine.session.${graph}`;
  const attemptName = `vitrine.sign-in.${graph}`;
  const read = (name) => JSON.parse(sessionStorage.getItem(name) ?? 'null');

  return {
    /** `{ accessToken, thumbprint }`, or null when nobody is signed in or the sign-in has ended. A token of no key has no thumbprint. */
    current() {
      const session = read(storageName);
      return session !== null && session.endsAtMs > Date.now() ? session : null;
    },

    /** Forgets the token here; the identity provider still knows the person. */
    end: () => sessionStorage.removeItem(storageName),

    /** Leaves for the identity provider. */
    async signIn() {
      const [{ authorization_endpoint: endpoint }, { proof }] = await Promise.all([provider(), keys.ensure()]);
      const attempt = { state: randomText(), verifier: randomText(), returnTo: location.hash };
      sessionStorage.setItem(attemptName, JSON.stringify(attempt));
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: `openid ${graph}`,
        resource,
        state: attempt.state,
        code_challenge: base64url(await sha256(attempt.verifier)),
        code_challenge_method: 'S256',
        // The code, too, is good for this key only.
        dpop_jkt: (await describeKey(proof)).thumbprint,
      });
      location.assign(`${endpoint}?${query}`);
    },

    /** Takes what the identity provider sent back, if this page load is its answer. @throws SignInError */
    async finishSignIn() {
      const answer = new URLSearchParams(location.search);
      if (!answer.has('state')) return;
      const attempt = read(attemptName);
      sessionStorage.removeItem(attemptName);
      // The code must not stay in the address bar or the history.
      history.replaceState(null, '', `${location.pathname}${attempt?.returnTo ?? ''}`);
      const kept = await keys.read();
      const isOurs = attempt !== null && kept !== null && answer.get('state') === attempt.state;
      if (!isOurs || (answer.has('iss') && answer.get('iss') !== configuration.issuer)) {
        throw new SignInError('This sign-in was not begun here. Sign in again.');
      }
      if (answer.get('error') === 'access_denied') return;
      if (answer.has('error')) throw new SignInError('The sign-in was refused. Sign in again.');
      const { token_endpoint: endpoint } = await provider();
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: redirectUri,
        code: answer.get('code') ?? '',
        code_verifier: attempt.verifier,
        resource,
      });
      const token = await fetchToken(endpoint, kept.proof, form);
      // An identity provider that does not bind tokens says so by their type.
      const isBound = token.token_type.toLowerCase() === 'dpop';
      sessionStorage.setItem(
        storageName,
        JSON.stringify({
          accessToken: token.access_token,
          idToken: token.id_token,
          thumbprint: isBound ? (await describeKey(kept.proof)).thumbprint : undefined,
          endsAtMs: Date.now() + token.expires_in * 1_000,
        }),
      );
    },

    /** Forgets everything of this tab and signs out at the identity provider. */
    async signOut() {
      const session = read(storageName);
      for (const name of Object.keys(sessionStorage)) if (name.startsWith('vitrine.')) sessionStorage.removeItem(name);
      const { end_session_endpoint: endpoint } = await provider();
      const query = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: redirectUri });
      if (session?.idToken !== undefined) query.set('id_token_hint', session.idToken);
      location.assign(`${endpoint}?${query}`);
    },
  };
}
