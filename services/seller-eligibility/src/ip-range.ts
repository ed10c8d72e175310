/** Ranges of IP addresses in CIDR notation (RFC 4632, RFC 4291), read strictly: what is stored means what was written. */
import { isIPv4, isIPv6 } from 'node:net';

/** 16-bit groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // The URL parser writes every form of an address in one way (RFC 5952), a dotted end included.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const parse = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const first = parse(head);
  if (tail === undefined) return first;
  const last = parse(tail);
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

const bitsOf = (numbers: readonly number[], width: number): string =>
  numbers.map((number) => number.toString(2).padStart(width, '0')).join('');

/**
 * The range in its canonical form, for example `203.0.113.7/32` for `203.0.113.7`. Null for anything that is none: a range
 * whose address is not its first says two different things, one of all addresses allows nothing to be kept out, and an
 * IPv4 address in the clothes of IPv6 would never be met.
 */
export function parseIpRange(text: string): string | null {
  const [address = '', prefixText, ...rest] = text.trim().split('/');
  if (rest.length > 0) return null;
  const isV4 = isIPv4(address);
  if (!isV4 && (!isIPv6(address) || address.includes('%'))) return null;
  const bits = isV4 ? bitsOf(address.split('.').map(Number), 8) : bitsOf(groupsOf(address), 16);
  if (prefixText !== undefined && !/^[1-9]\d{0,2}$/.test(prefixText)) return null;
  const prefix = prefixText === undefined ? bits.length : Number(prefixText);
  if (prefix > bits.length || bits.slice(prefix).includes('1')) return null;
  if (isV4) return `${address}/${prefix}`;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  return canonical.startsWith('::ffff:') ? null : `${canonical}/${prefix}`;
}
