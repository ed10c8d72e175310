/** Makes an address the one that one tap ships to. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Address } from './address.ts';
import type { Deps } from './deps.ts';
import { findAddresses } from './open-addresses.ts';
import type { NotFound } from './refusals.ts';
import { makeAddressDefault } from './store/addresses.ts';
import { lockBuyer } from './store/cards.ts';

export type SetDefaultAddressResult = { readonly kind: 'address'; readonly address: Address } | NotFound | IdempotencyRefusal;

export async function setDefaultAddress(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly addressId: string },
): Promise<SetDefaultAddressResult> {
  const { buyerId, idempotencyKey, addressId } = call;
  const notFound: NotFound = { kind: 'not_found', id: addressId };
  const result = await runIdempotent<{ readonly kind: 'set' } | NotFound>(
    deps.pool,
    { actorId: buyerId, operation: 'setDefaultAddress', idempotencyKey, input: { addressId } },
    async (transaction) => {
      if (!isId('adr', addressId)) return notFound;
      await lockBuyer(transaction, buyerId, 'addresses');
      return (await makeAddressDefault(transaction, buyerId, addressId)) ? { kind: 'set' } : notFound;
    },
    ({ kind }) => kind === 'set',
  );
  if (result.kind !== 'set') return result;
  const address = (await findAddresses(deps, buyerId, [addressId])).get(addressId);
  return address === undefined ? notFound : { kind: 'address', address };
}
