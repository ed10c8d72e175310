/** Decrypts stored addresses with their buyers' keys. One whose key was destroyed is as good as gone. */
import type { Address, PostalAddress } from './address.ts';
import type { Deps } from './deps.ts';
import { openLabel } from './label.ts';
import { openAddress } from './sealed-address.ts';
import type { StoredAddress, StoredOrderAddress } from './store/addresses.ts';

/** @throws Error when a ciphertext is not the one of its row. */
export async function openStoredAddress(deps: Pick<Deps, 'keys'>, stored: StoredAddress): Promise<Address | null> {
  const { id, buyerId, keyVersion, ciphertext, isDefault, isSaved, sealedLabel, createdAt } = stored;
  const key = await deps.keys.find(buyerId, keyVersion);
  if (key === null) return null;
  const label = await openLabel(deps, { table: 'addresses', buyerId, rowId: id }, sealedLabel);
  return {
    ...openAddress(key, { table: 'addresses', buyerId, rowId: id, keyVersion }, ciphertext),
    id,
    isDefault,
    isSaved,
    label,
    createdAt,
  };
}

/** @throws Error when a ciphertext is not the one of its row. */
export async function openOrderAddress(deps: Pick<Deps, 'keys'>, stored: StoredOrderAddress): Promise<PostalAddress | null> {
  const { orderId, buyerId, keyVersion, ciphertext } = stored;
  const key = await deps.keys.find(buyerId, keyVersion);
  return key === null ? null : openAddress(key, { table: 'order_addresses', buyerId, rowId: orderId, keyVersion }, ciphertext);
}

/** The buyer's addresses, the default first, then the newest. */
export async function listAddresses(deps: Pick<Deps, 'keys' | 'addresses'>, buyerId: string): Promise<Address[]> {
  const opened = await Promise.all((await deps.addresses.list(buyerId)).map((stored) => openStoredAddress(deps, stored)));
  return opened.filter((address) => address !== null);
}

/** Those of these addresses that are the buyer's, by id. */
export async function findAddresses(
  deps: Pick<Deps, 'keys' | 'addresses'>,
  buyerId: string,
  ids: readonly string[],
): Promise<Map<string, Address>> {
  const opened = await Promise.all((await deps.addresses.findMany(buyerId, ids)).map((stored) => openStoredAddress(deps, stored)));
  return new Map(opened.flatMap((address) => (address === null ? [] : [[address.id, address] as const])));
}
