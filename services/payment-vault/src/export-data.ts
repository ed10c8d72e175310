/** A buyer's copy of everything that is held about them, with the addresses in clear. */
import type { DataExport } from '@vitrine/contracts/data-export';
import type { PostalAddress } from './address.ts';
import type { Deps } from './deps.ts';
import { openLabel } from './label.ts';
import { openOrderAddress, openStoredAddress } from './open-addresses.ts';

/**
 * Every table that says whose row it is, and the section of the export that it goes to. A new table has to be named here,
 * too, with null if the buyer gets nothing of it.
 */
export const exportedTables: Readonly<Record<string, keyof DataExport | null>> = {
  addresses: 'addresses',
  // Wrapped keys on their way to their own schema: nothing that says anything about the buyer.
  buyer_keys: null,
  card_setups: 'cardSetups',
  consents: 'consents',
  customer_deletions: 'paymentProviderAccount',
  deletions: 'deletions',
  disclosures: 'disclosures',
  idempotency_keys: 'requests',
  marketing_decisions: 'marketingDecisions',
  order_addresses: 'orderAddresses',
  payment_methods: 'cards',
  payments: 'payments',
  permissions: 'permissions',
  stripe_customers: 'paymentProviderAccount',
};

export async function exportData(deps: Pick<Deps, 'exports' | 'addresses' | 'keys' | 'now'>, buyerId: string): Promise<DataExport> {
  const { orderAddresses, cardLabels, cards, ...rows } = await deps.exports.read(buyerId);
  const addresses = (await Promise.all((await deps.addresses.listAll(buyerId)).map((stored) => openStoredAddress(deps, stored)))).filter(
    (address) => address !== null,
  );
  const copies = await Promise.all(orderAddresses.map(async (stored) => ({ stored, address: await openOrderAddress(deps, stored) })));
  return {
    version: 1,
    generatedAt: deps.now().toISOString(),
    buyerId,
    ...rows,
    cards: await Promise.all(
      cards.map(async (card) => ({
        ...card,
        label: await openLabel(deps, { table: 'payment_methods', buyerId, rowId: card.id }, cardLabels.get(card.id) ?? null),
      })),
    ),
    addresses: addresses.map((address) => ({
      id: address.id,
      address: toPostal(address),
      label: address.label,
      saved: address.isSaved,
      isDefault: address.isDefault,
      createdAt: address.createdAt.toISOString(),
    })),
    orderAddresses: copies.flatMap(({ stored: { orderId, sellerId, readableUntil, createdAt }, address }) =>
      address === null ? [] : [{ orderId, address: toPostal(address), sellerId, readableUntil, createdAt }],
    ),
  };
}

const toPostal = ({ name, line1, line2, city, region, postalCode, country, phone }: PostalAddress): PostalAddress => ({
  name,
  line1,
  line2,
  city,
  region,
  postalCode,
  country,
  phone,
});
