/** Stores a delivery address, encrypted with the buyer's own key. */
import {
  findStoredResult,
  hashInput,
  invalidKey,
  isIdempotencyKey,
  runIdempotent,
  type IdempotencyRefusal,
} from '@vitrine/runtime/idempotency';
import { newId } from '@vitrine/runtime/ids';
import { invalidInput, maxAddresses, normaliseAddress, type Address, type InvalidInput, type PostalAddress } from './address.ts';
import type { Deps } from './deps.ts';
import { findAddresses } from './open-addresses.ts';
import { checkSaveConsent } from './check-consent.ts';
import type { ConsentOutdated } from './consent.ts';
import { normaliseLabel, sealLabel } from './label.ts';
import type { TooManyStored } from './refusals.ts';
import { recordConsent } from './store/consents.ts';
import { fingerprintInput, sealAddress } from './sealed-address.ts';
import { countAddresses, insertAddress, makeAddressDefault } from './store/addresses.ts';
import { lockBuyer } from './store/cards.ts';

export type AddAddressResult =
  | { readonly kind: 'address'; readonly address: Address }
  | ConsentOutdated
  | TooManyStored
  | InvalidInput
  | IdempotencyRefusal;

type Stored = { readonly kind: 'stored'; readonly addressId: string } | TooManyStored;

export async function addAddress(
  deps: Deps,
  call: {
    readonly buyerId: string;
    readonly country: string;
    readonly idempotencyKey: string;
    readonly address: PostalAddress;
    readonly makeDefault: boolean;
    readonly saveConsent: { readonly textVersion: string } | null;
    readonly label: string | null;
  },
): Promise<AddAddressResult> {
  const { buyerId, idempotencyKey, makeDefault, saveConsent } = call;
  if (!isIdempotencyKey(idempotencyKey)) return invalidKey;
  const normalised = normaliseAddress(call.address);
  if (normalised.kind === 'invalid_input') return normalised;
  const labelled = normaliseLabel(call.label);
  if (labelled.kind === 'invalid_input') return labelled;
  const { address } = normalised;
  const buyerKey = await deps.keys.current(buyerId);
  const { key, version: keyVersion } = buyerKey;
  const idempotentCall = {
    actorId: buyerId,
    operation: 'addAddress',
    idempotencyKey,
    input: fingerprintInput(key, hashInput({ address: call.address, makeDefault, saveConsent, label: labelled.label })),
  };
  const stored = await findStoredResult<Stored>(deps.pool, idempotentCall);
  if (stored !== undefined) return answer(deps, buyerId, stored);

  const consent = await checkSaveConsent(deps, call.country, saveConsent);
  if (consent.kind === 'consent_outdated') return consent;
  const { text } = consent;
  const id = newId('adr');
  const label = sealLabel(buyerKey, { table: 'addresses', buyerId, rowId: id }, labelled.label);
  const ciphertext = sealAddress(key, { table: 'addresses', buyerId, rowId: id, keyVersion }, address);

  const result = await runIdempotent<Stored>(
    deps.pool,
    idempotentCall,
    async (transaction) => {
      await lockBuyer(transaction, buyerId, 'addresses');
      const count = await countAddresses(transaction, buyerId, text !== null);
      if (count >= maxAddresses) return { kind: 'too_many_stored', limit: maxAddresses };
      const { country, region } = address;
      await insertAddress(transaction, { id, buyerId, country, region, ciphertext, keyVersion, isSaved: text !== null, label });
      if (text !== null) {
        await recordConsent(transaction, { buyerId, subjectId: id, text });
        if (makeDefault || count === 0) await makeAddressDefault(transaction, buyerId, id);
      }
      return { kind: 'stored', addressId: id };
    },
    ({ kind }) => kind === 'stored',
  );
  return answer(deps, buyerId, result);
}

async function answer(
  deps: Pick<Deps, 'keys' | 'addresses'>,
  buyerId: string,
  result: Stored | IdempotencyRefusal,
): Promise<AddAddressResult> {
  if (result.kind !== 'stored') return result;
  const address = (await findAddresses(deps, buyerId, [result.addressId])).get(result.addressId);
  if (address === undefined)
    return invalidInput(
      'idempotencyKey',
      'The address that was stored with this key has been deleted since. Take a new key to store it again.',
    );
  return { kind: 'address', address };
}
