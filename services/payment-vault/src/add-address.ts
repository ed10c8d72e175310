/** Stores a delivery address, encrypted with the buyer's own key. */
import { hashInput, invalidKey, isIdempotencyKey, runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { newId } from '@vitrine/runtime/ids';
import { invalidInput, maxAddresses, normaliseAddress, type Address, type InvalidInput, type PostalAddress } from './address.ts';
import type { Deps } from './deps.ts';
import { findAddresses } from './open-addresses.ts';
import type { TooManyStored } from './refusals.ts';
import { fingerprintInput, sealAddress } from './sealed-address.ts';
import { countAddresses, insertAddress, makeAddressDefault } from './store/addresses.ts';
import { lockBuyer } from './store/cards.ts';

export type AddAddressResult = { readonly kind: 'address'; readonly address: Address } | TooManyStored | InvalidInput | IdempotencyRefusal;

type Stored = { readonly kind: 'stored'; readonly addressId: string } | TooManyStored;

export async function addAddress(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly address: PostalAddress; readonly makeDefault: boolean },
): Promise<AddAddressResult> {
  const { buyerId, idempotencyKey, makeDefault } = call;
  if (!isIdempotencyKey(idempotencyKey)) return invalidKey;
  const normalised = normaliseAddress(call.address);
  if (normalised.kind === 'invalid_input') return normalised;
  const { address } = normalised;
  const { key, version: keyVersion } = await deps.keys.current(buyerId);
  const id = newId('adr');
  const ciphertext = sealAddress(key, { table: 'addresses', buyerId, rowId: id, keyVersion }, address);

  const result = await runIdempotent<Stored>(
    deps.pool,
    {
      actorId: buyerId,
      operation: 'addAddress',
      idempotencyKey,
      input: fingerprintInput(key, hashInput({ address: call.address, makeDefault })),
    },
    async (transaction) => {
      await lockBuyer(transaction, buyerId, 'addresses');
      const count = await countAddresses(transaction, buyerId);
      if (count >= maxAddresses) return { kind: 'too_many_stored', limit: maxAddresses };
      await insertAddress(transaction, { id, buyerId, country: address.country, region: address.region, ciphertext, keyVersion });
      if (makeDefault || count === 0) await makeAddressDefault(transaction, buyerId, id);
      return { kind: 'stored', addressId: id };
    },
    ({ kind }) => kind === 'stored',
  );
  if (result.kind !== 'stored') return result;
  const stored = (await findAddresses(deps, buyerId, [result.addressId])).get(result.addressId);
  if (stored === undefined)
    return invalidInput(
      'idempotencyKey',
      'The address that was stored with this key has been deleted since. Take a new key to store it again.',
    );
  return { kind: 'address', address: stored };
}
