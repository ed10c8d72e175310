/** Proofs of possession (RFC 9449): each says that this request is made by whoever has the key that the access token is bound to. */
import { gatewayNow } from './clock.js';
import { base64, base64url, concat, fromBase64url, sha256, utf8 } from './encodings.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signature = { name: 'ECDSA', hash: 'SHA-256' };

/** A key pair of P-256 whose private half cannot be read, only used. */
export const newKeyPair = () => crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);

/** @returns 64 bytes, r and s */
export const sign = async (keyPair, bytes) => new Uint8Array(await crypto.subtle.sign(signature, keyPair.privateKey, bytes));

/**
 * What others may know of a key: itself, its name in tokens (RFC 7638), and its name at App Attest.
 * @returns {Promise<{ jwk: { kty: string, crv: string, x: string, y: string }, thumbprint: string, keyId: string }>}
 */
export async function describeKey({ publicKey }) {
  const { x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return {
    jwk: { kty: 'EC', crv: 'P-256', x, y },
    thumbprint: base64url(await sha256(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`)),
    keyId: base64(await sha256(concat([4], fromBase64url(x), fromBase64url(y)))),
  };
}

const encodeJson = (value) => base64url(utf8(JSON.stringify(value)));

/**
 * @param keyPair the key that the token is, or will be, bound to
 * @param request `url` absolute; `accessToken` is left out where the token is asked for
 */
export async function makeProof(keyPair, { method, url, accessToken, nonce }) {
  const { jwk } = await describeKey(keyPair);
  const { origin, pathname } = new URL(url);
  const claims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: `${origin}${pathname}`,
    iat: Math.floor(gatewayNow() / 1_000),
    ath: accessToken === undefined ? undefined : base64url(await sha256(accessToken)),
    nonce: nonce ?? undefined,
  };
  const signed = `${encodeJson({ typ: 'dpop+jwt', alg: 'ES256', jwk })}.${encodeJson(claims)}`;
  return `${signed}.${base64url(await sign(keyPair, utf8(signed)))}`;
}
