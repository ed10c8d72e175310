/**
 * Signs a person in by OpenID Connect: authorization code with PKCE, for the one graph of this page. The access token
 * lives in this tab's session storage and ends with it.
 */
import { configuration } from './configuration.js';

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** The sign-in could not be finished; the message is for the person. */
export class SignInError extends Error {}

/** @param {'buyer' | 'partner'} graph */
export function createSession(graph) {
  const clientId = configuration.clients[graph];
  const resource = configuration.resources[graph];
  const redirectUri = `${location.origin}${location.pathname}`;
  const storageName = `vitrine.session.${graph}`;
  const attemptName = `vitrine.sign-in.${graph}`;

  const read = (name) => JSON.parse(sessionStorage.getItem(name) ?? 'null');
  const provider = async () => {
    const answer = await fetch(`${configuration.issuer}/.well-known/openid-configuration`);
    if (!answer.ok) throw new SignInError('The sign-in service does not answer. Try again in a moment.');
    return answer.json();
  };

  return {
    /** The access token, or null when nobody is signed in or the sign-in has ended. */
    token() {
      const session = read(storageName);
      return session !== null && session.endsAtMs > Date.now() ? session.accessToken : null;
    },

    /** Forgets the token here; the identity provider still knows the person. */
    end: () => sessionStorage.removeItem(storageName),

    /** Leaves for the identity provider. */
    async signIn() {
      const { authorization_endpoint: endpoint } = await provider();
      const attempt = { state: randomText(), verifier: randomText(), returnTo: location.hash };
      sessionStorage.setItem(attemptName, JSON.stringify(attempt));
      const challenge = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(attempt.verifier))));
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: `openid ${graph}`,
        resource,
        state: attempt.state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
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
      if (attempt === null || answer.get('state') !== attempt.state || (answer.has('iss') && answer.get('iss') !== configuration.issuer)) {
        throw new SignInError('This sign-in was not begun here. Sign in again.');
      }
      if (answer.get('error') === 'access_denied') return;
      if (answer.has('error')) throw new SignInError('The sign-in was refused. Sign in again.');
      const { token_endpoint: endpoint } = await provider();
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: redirectUri,
        code: answer.get('code') ?? '',
        code_verifier: attempt.verifier,
        resource,
      });
      const response = await fetch(endpoint, { method: 'POST', body });
      if (!response.ok) throw new SignInError('The sign-in could not be finished. Sign in again.');
      const token = await response.json();
      sessionStorage.setItem(
        storageName,
        JSON.stringify({ accessToken: token.access_token, idToken: token.id_token, endsAtMs: Date.now() + token.expires_in * 1_000 }),
      );
    },

    /** Signs out here and at the identity provider. */
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
