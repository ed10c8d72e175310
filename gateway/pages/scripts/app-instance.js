/**
 * Makes this browser an instance of the official app: the gateway's challenge is attested together with the key of the proofs.
 * An iPhone's or an Android phone's hardware does that; in development the software attester of the stack, in production nobody.
 */
import { describeKey } from './dpop.js';
import { base64url, sha256 } from './encodings.js';
import { appNeededSentence, GraphError, toGraphError } from './graph-error.js';

/** @param parts `keys`: the key store. `app`: `{ platform, version, attester }`, no attester in production. */
export function createRegistration({ keys, app, fetch = globalThis.fetch }) {
  /** @param post sends JSON to the gateway as this app @throws GraphError */
  return async (post) => {
    if (app.attester === null) throw new GraphError('ATTESTATION_REQUIRED', appNeededSentence);
    const { proof, attested } = await keys.ensure();
    const [{ thumbprint }, { jwk, keyId }] = await Promise.all([describeKey(proof), describeKey(attested)]);
    const { challenge } = bodyOf(await post('/app/challenges', {}));
    const attesting = await fetch(app.attester, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ publicKeyJwk: jwk, clientDataHash: base64url(await sha256(`${challenge}.${thumbprint}`)) }),
    });
    if (!attesting.ok) throw new GraphError('UNAVAILABLE', 'This device could not be checked. Try again in a moment.');
    const { attestation } = await attesting.json();
    bodyOf(await post('/app/instances', { platform: app.platform, keyId, attestation, challenge, version: app.version }));
    await keys.markRegistered();
  };
}

function bodyOf(answer) {
  if (answer.status >= 300) throw toGraphError(answer);
  return answer.body;
}
