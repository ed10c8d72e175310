/** Ends a permission: the seller's next read does not find it any more. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Deps } from './deps.ts';
import type { Permission } from './permission.ts';
import type { NotFound } from './refusals.ts';
import { endPermission } from './store/permissions.ts';

export type RevokePermissionResult = { readonly kind: 'permission'; readonly permission: Permission } | NotFound | IdempotencyRefusal;

export async function revokePermission(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly permissionId: string },
): Promise<RevokePermissionResult> {
  const { buyerId, idempotencyKey, permissionId } = call;
  const notFound: NotFound = { kind: 'not_found', id: permissionId };
  const result = await runIdempotent<{ readonly kind: 'ended' } | NotFound>(
    deps.pool,
    { actorId: buyerId, operation: 'revokePermission', idempotencyKey, input: { permissionId } },
    async (transaction) => {
      if (!isId('prm', permissionId)) return notFound;
      return (await endPermission(transaction, buyerId, permissionId)) ? { kind: 'ended' } : notFound;
    },
    ({ kind }) => kind === 'ended',
  );
  if (result.kind !== 'ended') return result;
  const permission = await deps.permissions.find(buyerId, permissionId);
  return permission === null ? notFound : { kind: 'permission', permission };
}
