/** The addresses that clients call from: whether a list allows one, and how much of one is remembered. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** An IPv4 address that came over an IPv6 socket is one of IPv4; a zone says nothing about the other side. */
function plainAddress(address: string): string {
  const [withoutZone = ''] = address.split('%');
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(withoutZone)?.[1] ?? withoutZone;
}

/** @param ranges in CIDR notation; an empty list allows every address */
export function createAllowList(ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => true;
  const allowed = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/');
    allowed.addSubnet(network, Number(prefix), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const plain = plainAddress(address);
    if (isIPv4(plain)) return allowed.check(plain, 'ipv4');
    return isIPv6(plain) && allowed.check(plain, 'ipv6');
  };
}

/** The network of an address that may be remembered: the /24 of IPv4, the /48 of IPv6. Null for what is no address. */
export function networkOf(address: string): string | null {
  const plain = plainAddress(address);
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(plain)) return null;
  // The URL parser writes every form of an address in one way (RFC 5952).
  const [head = '', tail = ''] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const groups = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last];
  return `${groups.slice(0, 3).join(':')}::/48`;
}
