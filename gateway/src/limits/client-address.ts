/** What counts as one address: an IPv4 address, or the /64 of an IPv6 one, of which every subscriber has at least one to themselves. */
import { isIPv6 } from 'node:net';

/** @param ip as Node gives it; an IPv4 address in IPv6 form counts as what it is. */
export function addressKey(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const [address = ''] = ip.split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    // A dotted end stands for two groups.
    const tailGroups = tail === '' ? [] : tail.split(':').flatMap((group) => (group.includes('.') ? [group, ''] : [group]));
    while (groups.length + tailGroups.length < 8) groups.push('0');
    groups.push(...tailGroups);
  }
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
