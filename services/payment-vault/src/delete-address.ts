/** Forgets an address. Orders under way keep their own copy. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import type { Address } from './address.ts';
import type { Deletion } from './deletion.ts';
import type { Deps } from './deps.ts';
import { listAddresses } from './open-addresses.ts';
import type { NotFound } from './refusals.ts';
import { removeAddress } from './store/addresses.ts';
import { lockBuyer } from './store/cards.ts';
import { insertDeletion } from './store/deletions.ts';

export type DeleteAddressResult =
  | { readonly kind: 'deleted'; readonly addressId: string; readonly defaultAddress: Address | null; readonly deletion: Deletion }
  | NotFound
  | IdempotencyRefusal;

export async function deleteAddress(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly addressId: string },
): Promise<DeleteAddressResult> {
  const { buyerId, idempotencyKey, addressId } = call;
  const result = await runIdempotent<{ readonly kind: 'removed'; readonly deletionId: string } | NotFound>(
    deps.pool,
    { actorId: buyerId, operation: 'deleteAddress', idempotencyKey, input: { addressId } },
    async (transaction) => {
      const notFound: NotFound = { kind: 'not_found', id: addressId };
      if (!isId('adr', addressId)) return notFound;
      await lockBuyer(transaction, buyerId, 'addresses');
      if (!(await removeAddress(transaction, buyerId, addressId))) return notFound;
      const deletionId = newId('del');
      const deleted = { ADDRESSES: 1 };
      await insertDeletion(transaction, { id: deletionId, buyerId, scope: 'address', subjectId: addressId, deleted, completed: true });
      return { kind: 'removed', deletionId };
    },
    ({ kind }) => kind === 'removed',
  );
  if (result.kind !== 'removed') return result;
  const [first] = await listAddresses(deps, buyerId);
  const deletion = await deps.deletions.find(buyerId, result.deletionId);
  if (deletion === null) throw new Error(`the deletion ${result.deletionId} is gone`);
  return { kind: 'deleted', addressId, defaultAddress: first?.isDefault === true ? first : null, deletion };
}
