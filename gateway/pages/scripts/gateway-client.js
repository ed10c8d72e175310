/**
 * Sends requests to the gateway as an official app does: with a proof for the key that the access token is bound to, as an
 * attested instance of the app, and with an assertion where something is changed. What the gateway asks for in between is given
 * once, without anybody noticing.
 */
import { makeAssertion } from './assertion.js';
import { setClockBy } from './clock.js';
import { describeKey, makeProof } from './dpop.js';

/** An asserted request may take this long: those of other tabs wait for it. */
const assertedTimeoutMs = 30_000;

/**
 * @typedef {{ status: number, headers: Headers, body: any, code: string | undefined }} Answer `code` is that of the first error
 * @param parts
 *   `session`: `current()` is `{ accessToken, thumbprint }` or null; no thumbprint when the token is bound to no key.
 *   `keys`: the key store. `nonces`: `get()` and `set(nonce)`. `publicOrigin`: the gateway's, as its clients write it.
 *   `app`: `{ id, platform, version }` where the graph takes attested apps only, null where not.
 *   `register(post)`: makes this an attested instance. `exclusively(name, action)`: runs one action of a name at a time, in all tabs.
 */
export function createGatewayClient({ session, keys, nonces, publicOrigin, app, register, exclusively, fetch = globalThis.fetch }) {
  let registering;

  async function exchange({ method, path, body, headers }, credentials) {
    const signal = 'x-vitrine-assertion' in credentials ? AbortSignal.timeout(assertedTimeoutMs) : undefined;
    const response = await fetch(path, { method, headers: { ...headers, ...credentials }, body, signal });
    setClockBy(response);
    const nonce = response.headers.get('dpop-nonce');
    if (nonce !== null) nonces.set(nonce);
    const answer = await response.json().catch(() => ({}));
    return { status: response.status, headers: response.headers, body: answer, code: answer.errors?.[0]?.extensions?.code };
  }

  async function attempt(request) {
    const { accessToken, thumbprint } = session.current() ?? { accessToken: '' };
    if (thumbprint === undefined) return exchange(request, { authorization: `Bearer ${accessToken}` });
    const kept = await keys.read();
    if (kept === null || (await describeKey(kept.proof)).thumbprint !== thumbprint) return signedOutElsewhere();
    if (app !== null && kept.isRegistered !== true && request.isRegistering !== true) await ensureRegistered();
    const { method, path, body = '' } = request;
    const proof = await makeProof(kept.proof, { method, url: publicOrigin + path, accessToken, nonce: nonces.get() });
    const credentials = { authorization: `DPoP ${accessToken}`, dpop: proof };
    if (app !== null) credentials['x-vitrine-app'] = `${app.platform}/${app.version}`;
    if (request.isAsserted) {
      const counter = await keys.nextCounter();
      credentials['x-vitrine-assertion'] = await makeAssertion(kept.attested, { method, path, body, proof, counter, appId: app.id });
    }
    return exchange(request, credentials);
  }

  /** What the gateway asks for first, by code; each is given once. */
  const remedies = {
    // The answer has brought the nonce.
    USE_DPOP_NONCE: () => undefined,
    // The answer has brought the time, if this device's clock was off.
    INVALID_DPOP_PROOF: () => undefined,
    // Another assertion has overtaken it, or its proof was used up.
    ASSERTION_REFUSED: () => undefined,
    ATTESTATION_REQUIRED: ensureRegistered,
  };

  async function send(request) {
    const given = new Set(request.isRegistering ? ['ATTESTATION_REQUIRED'] : []);
    for (;;) {
      // Assertions have to arrive in the order of their numbers.
      const answer = request.isAsserted ? await exclusively('assertion', () => attempt(request)) : await attempt(request);
      const remedy = remedies[answer.code];
      if (remedy === undefined || given.has(answer.code)) return answer;
      given.add(answer.code);
      await remedy();
    }
  }

  /** Requests that find out at the same time wait for one registration. */
  function ensureRegistered() {
    const post = (path, content) => send(toRequest(path, content, { isRegistering: true }));
    registering ??= exclusively('registration', () => register(post)).finally(() => (registering = undefined));
    return registering;
  }

  function toRequest(path, content, { accept = 'application/json', isAsserted = false, isRegistering = false }) {
    const headers = { 'content-type': 'application/json', accept };
    return { method: 'POST', path, body: JSON.stringify(content), headers, isAsserted: isAsserted && isAttested(), isRegistering };
  }

  const isAttested = () => app !== null && session.current()?.thumbprint !== undefined;

  return {
    /**
     * @param options `isAsserted`: it buys or changes something
     * @returns {Promise<Answer>} whatever was answered in the end
     * @throws TypeError or DOMException when nothing was; what `register` throws
     */
    postJson: (path, content, options = {}) => send(toRequest(path, content, options)),

    /** Ends this instance of the app at the gateway, if it is one. */
    async revoke() {
      if (isAttested()) await send({ method: 'DELETE', path: '/app/instances/current', headers: {}, isRegistering: true });
    },
  };
}

/** The token is bound to a key that another tab has thrown away. */
const signedOutElsewhere = () => ({
  status: 401,
  headers: new Headers(),
  body: { errors: [{ message: 'You have signed out in another tab.', extensions: { code: 'UNAUTHENTICATED' } }] },
  code: 'UNAUTHENTICATED',
});
