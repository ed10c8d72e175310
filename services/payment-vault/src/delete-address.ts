/** Forgets an address. Orders under way keep their own copy. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Address } from './address.ts';
import type { Deps } from './deps.ts';
import { listAddresses } from './open-addresses.ts';
import type { NotFound } from './refusals.ts';
import { removeAddress } from './store/addresses.ts';
import { lockBuyer } from './store/cards.ts';

export type DeleteAddressResult =
  | { readonly kind: 'deleted'; readonly addressId: string; readonly defaultAddress: Address | null }
  | NotFound
  | IdempotencyRefusal;

export async function deleteAddress(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly addressId: string },
): Promise<DeleteAddressResult> {
  const { buyerId, idempotencyKey, addressId } = call;
  const result = await runIdempotent<{ readonly kind: 'removed' } | NotFound>(
    deps.pool,
    { actorId: buyerId, operation: 'deleteAddress', idempotencyKey, input: { addressId } },
    async (transaction) => {
      const notFound: NotFound = { kind: 'not_found', id: addressId };
      if (!isId('adr', addressId)) return notFound;
      await lockBuyer(transaction, buyerId, 'addresses');
      return (await removeAddress(transaction, buyerId, addressId)) ? { kind: 'removed' } : notFound;
    },
    ({ kind }) => kind === 'removed',
  );
  if (result.kind !== 'removed') return result;
  const [first] = await listAddresses(deps, buyerId);
  return { kind: 'deleted', addressId, defaultAddress: first?.isDefault === true ? first : null };
}
