import { expect, test } from '@jest/globals';
import { createAllowList, networkOf } from '../../src/partner-clients/client-address.ts';

const allows = createAllowList(['203.0.113.0/24', '198.51.100.7/32', '2001:db8:1::/48']);

test.each([
  '203.0.113.0',
  '203.0.113.255',
  '198.51.100.7',
  '::ffff:203.0.113.9',
  '::FFFF:198.51.100.7',
  '2001:db8:1::1',
  '2001:DB8:1:ffff::',
])('%s is on the list', (address) => {
  expect(allows(address)).toBe(true);
});

test.each([
  '203.0.114.0',
  '198.51.100.6',
  '::ffff:192.0.2.1',
  '2001:db8:2::1',
  '::1',
  '127.0.0.1',
  '',
  'unknown',
  '203.0.113.1, 192.0.2.1',
  '203.0.113.1:443',
])('%j is not on the list', (address) => {
  expect(allows(address)).toBe(false);
});

test('an empty list allows every address', () => {
  expect(createAllowList([])('192.0.2.1')).toBe(true);
});

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
])('of %s no more than %s is remembered', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('what is no address is of no network', () => {
  expect(networkOf('unknown')).toBeNull();
});
