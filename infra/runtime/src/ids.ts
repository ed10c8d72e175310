/** Ids: a prefix that says what it is, and a UUIDv7 (RFC 9562), so that new rows land at the end of an index. */
import { v7 } from 'uuid';

/** The prefixes in use. */
export type IdPrefix =
  | 'usr'
  | 'sel'
  | 'prd'
  | 'pst'
  | 'ord'
  | 'pay'
  | 'pmt'
  | 'adr'
  | 'dsc'
  | 'evt'
  | 'rpl'
  | 'mov'
  | 'ref'
  | 'dsp'
  | 'del'
  | 'prm'
  | 'rtn'
  | 'mkd'
  | 'cas'
  | 'shp'
  | 'apc'
  | 'apk'
  | 'ins';

/** A new id, for example `ord_0190a7f0-…`. */
export const newId = (prefix: IdPrefix): string => `${prefix}_${v7()}`;

const shape = /^[a-z]{3}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether `value` is an id of this kind. Anything else that a client sends can be answered without asking a store. */
export const isId = (prefix: IdPrefix, value: string): boolean => value.startsWith(`${prefix}_`) && shape.test(value);
