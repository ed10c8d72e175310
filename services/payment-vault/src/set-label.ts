/** Gives what a buyer stored a name of the buyer's own, or takes it away. */
import { hashInput, invalidKey, isIdempotencyKey, runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Address, InvalidInput } from './address.ts';
import type { Card } from './card.ts';
import type { Deps } from './deps.ts';
import { normaliseLabel, sealLabel } from './label.ts';
import { findAddresses } from './open-addresses.ts';
import type { NotFound } from './refusals.ts';
import { fingerprintInput } from './sealed-address.ts';
import { labelAddress } from './store/addresses.ts';
import { labelCard } from './store/cards.ts';

interface Call {
  readonly buyerId: string;
  readonly idempotencyKey: string;
  readonly label: string | null;
}

type Labelled = { readonly kind: 'labelled' } | NotFound | InvalidInput | IdempotencyRefusal;

export async function setPaymentMethodLabel(
  deps: Deps,
  call: Call & { readonly paymentMethodId: string },
): Promise<{ readonly kind: 'card'; readonly card: Card } | Exclude<Labelled, { readonly kind: 'labelled' }>> {
  const { buyerId, paymentMethodId: id } = call;
  const result = await setLabel(deps, call, 'payment_methods', id);
  if (result.kind !== 'labelled') return result;
  const [card] = await deps.cards.findMany(buyerId, [id]);
  return card === undefined ? { kind: 'not_found', id } : { kind: 'card', card };
}

export async function setAddressLabel(
  deps: Deps,
  call: Call & { readonly addressId: string },
): Promise<{ readonly kind: 'address'; readonly address: Address } | Exclude<Labelled, { readonly kind: 'labelled' }>> {
  const { buyerId, addressId: id } = call;
  const result = await setLabel(deps, call, 'addresses', id);
  if (result.kind !== 'labelled') return result;
  const address = (await findAddresses(deps, buyerId, [id])).get(id);
  return address === undefined ? { kind: 'not_found', id } : { kind: 'address', address };
}

async function setLabel(
  deps: Deps,
  { buyerId, idempotencyKey, label: given }: Call,
  table: 'payment_methods' | 'addresses',
  id: string,
): Promise<Labelled> {
  if (!isIdempotencyKey(idempotencyKey)) return invalidKey;
  const normalised = normaliseLabel(given);
  if (normalised.kind === 'invalid_input') return normalised;
  const notFound: NotFound = { kind: 'not_found', id };
  if (!isId(table === 'addresses' ? 'adr' : 'pmt', id)) return notFound;
  const buyerKey = await deps.keys.current(buyerId);
  const sealed = sealLabel(buyerKey, { table, buyerId, rowId: id }, normalised.label);
  return runIdempotent<{ readonly kind: 'labelled' } | NotFound>(
    deps.pool,
    {
      actorId: buyerId,
      operation: table === 'addresses' ? 'setAddressLabel' : 'setPaymentMethodLabel',
      idempotencyKey,
      input: { id, label: fingerprintInput(buyerKey.key, hashInput({ label: normalised.label })) },
    },
    async (transaction) => {
      const label = table === 'addresses' ? labelAddress : labelCard;
      return (await label(transaction, buyerId, id, sealed)) ? { kind: 'labelled' } : notFound;
    },
    ({ kind }) => kind === 'labelled',
  );
}
