/** Whether the address in a proof is that of the request (RFC 9449, section 4.3, point 9), whatever its spelling. */

/**
 * Compares by RFC 3986, sections 6.2.2 and 6.2.3, without query and fragment.
 * @param htu the claim
 * @param origin of the gateway, as its clients write it
 * @param url path of the request, with or without a query
 */
export function isSameTarget(htu: string, origin: string, url: string): boolean {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  // Almost every client spells it this way.
  if (htu.length === origin.length + path.length && htu.startsWith(origin) && htu.endsWith(path)) return true;
  // Not resolved against the origin: a path such as `//host/` would name another one.
  const given = normalize(htu);
  return given !== null && given === normalize(`${origin}${path}`);
}

function normalize(address: string): string | null {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return null;
  return url.origin + url.pathname.replaceAll(/%[\da-f]{2}/gi, unescapeUnreserved);
}

const unescapeUnreserved = (escaped: string): string => {
  const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
  return /[\w.~-]/.test(character) ? character : escaped.toUpperCase();
};
