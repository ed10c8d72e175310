/** Who may see where an order is shipped: its buyer, and its seller while a grant lasts, against a row in the ledger. */
import { newId } from '@vitrine/runtime/ids';
import type { PostalAddress } from './address.ts';
import type { Deps } from './deps.ts';
import { openOrderAddress } from './open-addresses.ts';
import type { StoredOrderAddress } from './store/addresses.ts';

/**
 * Shows a seller the addresses of these orders, null where it may not see one. The ledger is written first: should an
 * address then not open, the ledger says more than was shown, never less. `fields`: what of the address is asked for. One whose key was destroyed is not shown, and
 * no row says that it was, whatever a memory of the key would still allow.
 */
export async function revealToSeller(
  deps: Pick<Deps, 'disclosures' | 'keys'>,
  reader: { readonly sellerId: string; readonly accountId: string },
  asked: readonly { readonly orderId: string; readonly fields: readonly string[] }[],
): Promise<Map<string, PostalAddress | null>> {
  const readable = await deps.disclosures.findReadable(
    reader.sellerId,
    asked.map(({ orderId }) => orderId),
  );
  const usable = await deps.keys.findUsable(readable.map(({ buyerId, keyVersion }) => ({ ownerId: buyerId, version: keyVersion })));
  const usableKeys = new Set(usable.map(({ ownerId, version }) => `${ownerId}|${version}`));
  const openable = new Set(
    readable.flatMap(({ orderId, buyerId, keyVersion }) => (usableKeys.has(`${buyerId}|${keyVersion}`) ? [orderId] : [])),
  );
  if (openable.size === 0) return new Map();
  return open(
    deps,
    await deps.disclosures.disclose(
      reader,
      asked.flatMap(({ orderId, fields }) =>
        openable.has(orderId)
          ? [
              {
                orderId,
                fields: fields.length === 0 ? ['shippingAddress'] : fields.map((field) => `shippingAddress.${field}`),
                disclosureId: newId('dsc'),
              },
            ]
          : [],
      ),
    ),
  );
}

/** Shows a buyer the addresses of the own orders. Nothing is disclosed by that. */
export async function showToBuyer(
  deps: Pick<Deps, 'addresses' | 'keys'>,
  buyerId: string,
  orderIds: readonly string[],
): Promise<Map<string, PostalAddress | null>> {
  return open(deps, await deps.addresses.findOrderCopies(buyerId, orderIds));
}

async function open(deps: Pick<Deps, 'keys'>, stored: readonly StoredOrderAddress[]): Promise<Map<string, PostalAddress | null>> {
  return new Map(await Promise.all(stored.map(async (copy) => [copy.orderId, await openOrderAddress(deps, copy)] as const)));
}
