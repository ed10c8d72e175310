/** Assertions of an attested app, as App Attest makes them: that the app's own key stands behind exactly this request. */
import { sign } from './dpop.js';
import { base64url, concat, hex, sha256, utf8 } from './encodings.js';

const attestedFlag = 0x40;

/** An unsigned integer of a DER sequence, without needless zeros and never negative. */
function derInteger(bytes) {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? [0] : bytes.subarray(first);
  return digits[0] < 0x80 ? concat([0x02, digits.length], digits) : concat([0x02, digits.length + 1, 0], digits);
}

/** A signature of r and s, 32 bytes each, as X9.62 writes it: at most 72 bytes. */
export function toDer(signature) {
  const integers = concat(derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32)));
  return concat([0x30, integers.length], integers);
}

/** A text of up to 23 characters in CBOR. */
const cborText = (text) => concat([0x60 | text.length], utf8(text));
/** 24 to 255 bytes in CBOR. */
const cborBytes = (bytes) => concat([0x58, bytes.length], bytes);

/** CBOR of `{ signature, authenticatorData }`, whose lengths are known. */
export const encodeAssertion = ({ signature, authenticatorData }) =>
  concat([0xa2], cborText('signature'), cborBytes(signature), cborText('authenticatorData'), cborBytes(authenticatorData));

/**
 * The header `X-Vitrine-Assertion` for a request.
 * @param keyPair the attested key
 * @param request `path` with its query, `body` exactly as it is sent, `proof` the request's DPoP proof, `counter` above all that were used before
 */
export async function makeAssertion(keyPair, { method, path, body, proof, counter, appId }) {
  const digest = async (text) => hex(await sha256(text));
  const clientDataHash = await sha256(`vitrine-assertion-v1\n${method}\n${path}\n${await digest(body)}\n${await digest(proof)}`);
  const tail = new DataView(new ArrayBuffer(5));
  tail.setUint8(0, attestedFlag);
  tail.setUint32(1, counter);
  const authenticatorData = concat(await sha256(appId), new Uint8Array(tail.buffer));
  const nonce = await sha256(concat(authenticatorData, clientDataHash));
  return base64url(encodeAssertion({ signature: toDer(await sign(keyPair, nonce)), authenticatorData }));
}
