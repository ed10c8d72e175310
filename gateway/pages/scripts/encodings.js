/** Bytes and the ways in which they are written, for what this page signs. Nothing here needs a document. */

const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);

/** @param {...(Uint8Array | number[])} parts */
export function concat(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const base64url = (bytes) => base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
export const fromBase64url = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {Uint8Array | string} content */
export const sha256 = async (content) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', typeof content === 'string' ? utf8(content) : content));

/** 32 random bytes in base64url. */
export const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
