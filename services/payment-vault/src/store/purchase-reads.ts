/** What a purchase has to read of a buyer's cards and addresses, for all purchases that ask at the same time in one statement. */
import type { Queryable } from '@vitrine/runtime/database';
import { createBatcher } from '@vitrine/runtime/group-commit';
import type { Sealed } from './addresses.ts';
import type { Charge } from './cards.ts';

/** Whose card and address; null for an id takes the default. */
export interface Chosen {
  readonly buyerId: string;
  readonly paymentMethodId: string | null;
  readonly addressId: string | null;
}

/** What is there, without decrypting anything. */
export interface Ready {
  readonly card: { readonly id: string; readonly expMonth: number; readonly expYear: number } | null;
  readonly address: { readonly addressId: string; readonly country: string; readonly region: string } | null;
}

/** What a charge needs. */
export interface Chargeable {
  readonly charge: Charge | null;
  readonly sealed: Sealed | null;
}

export type PurchaseReads = ReturnType<typeof createPurchaseReads>;

const groups = { maxBatch: 100, maxWaiting: 5_000 };

export function createPurchaseReads(database: Queryable) {
  const ready = createBatcher<Chosen, Ready>({ ...groups, name: 'purchase-readiness', write: (asked) => findReady(database, asked) });
  const chargeable = createBatcher<Chosen, Chargeable>({
    ...groups,
    name: 'purchase-charge',
    write: (asked) => findChargeable(database, asked),
  });
  return {
    /** The buyer's named card and address, or the default ones. */
    findReady: (chosen: Chosen): Promise<Ready> => ready.add(chosen),
    /** What the named card is charged by, and the named address as ciphertext. */
    findChargeable: (chosen: Chosen & { readonly paymentMethodId: string; readonly addressId: string }): Promise<Chargeable> =>
      chargeable.add(chosen),
  };
}

const asked = `unnest($1::text[], $2::text[], $3::text[]) with ordinality as i (buyer_id, card_id, address_id, n)`;
const values = (chosen: readonly Chosen[]) => [
  chosen.map(({ buyerId }) => buyerId),
  chosen.map(({ paymentMethodId }) => paymentMethodId),
  chosen.map(({ addressId }) => addressId),
];

async function findReady(database: Queryable, chosen: readonly Chosen[]): Promise<Ready[]> {
  const { rows } = await database.query<{
    readonly card_id: string | null;
    readonly exp_month: number;
    readonly exp_year: number;
    readonly address_id: string | null;
    readonly country: string;
    readonly region: string;
  }>({
    name: 'purchase-readiness',
    text: `select m.id as card_id, m.exp_month, m.exp_year, a.id as address_id, a.country, a.region
             from ${asked}
             left join payment_methods m on m.buyer_id = i.buyer_id and m.status = 'active'
                                        and case when i.card_id is null then m.is_default else m.id = i.card_id end
             left join addresses a on a.buyer_id = i.buyer_id and case when i.address_id is null then a.is_default else a.id = i.address_id end
            order by i.n`,
    values: values(chosen),
  });
  if (rows.length !== chosen.length) throw new Error('a buyer has two default cards or addresses');
  return rows.map((row) => ({
    card: row.card_id === null ? null : { id: row.card_id, expMonth: row.exp_month, expYear: row.exp_year },
    address: row.address_id === null ? null : { addressId: row.address_id, country: row.country, region: row.region },
  }));
}

async function findChargeable(database: Queryable, chosen: readonly Chosen[]): Promise<Chargeable[]> {
  const { rows } = await database.query<{
    readonly fingerprint: string | null;
    readonly stripe_payment_method_id: string | null;
    readonly stripe_customer_id: string | null;
    readonly ciphertext: Buffer | null;
    readonly key_version: number;
  }>({
    name: 'purchase-charge',
    text: `select m.fingerprint, m.stripe_payment_method_id, c.stripe_customer_id, a.ciphertext, a.key_version
             from ${asked}
             left join payment_methods m on m.id = i.card_id and m.buyer_id = i.buyer_id and m.status = 'active'
             left join stripe_customers c on c.buyer_id = m.buyer_id
             left join addresses a on a.id = i.address_id and a.buyer_id = i.buyer_id
            order by i.n`,
    values: values(chosen),
  });
  return rows.map((row) => ({
    charge:
      row.stripe_payment_method_id === null || row.stripe_customer_id === null
        ? null
        : {
            fingerprint: row.fingerprint,
            stripePaymentMethodId: row.stripe_payment_method_id,
            stripeCustomerId: row.stripe_customer_id,
          },
    sealed: row.ciphertext === null ? null : { ciphertext: row.ciphertext, keyVersion: row.key_version },
  }));
}
