/** Lets one seller read named fields of the buyer's default address, for a purpose and a time. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import { invalidInput, type InvalidInput } from './address.ts';
import type { Deps } from './deps.ts';
import {
  maxPermissionDays,
  maxPermissions,
  sharedFields,
  type Permission,
  type PermissionPurpose,
  type SharedField,
} from './permission.ts';
import type { DeletionRunning, TooManyStored } from './refusals.ts';
import { lockBuyer } from './store/cards.ts';
import { countActivePermissions, insertPermission } from './store/permissions.ts';
import { unlessErasing } from './unless-erasing.ts';

export type GrantPermissionResult =
  | { readonly kind: 'permission'; readonly permission: Permission }
  | TooManyStored
  | DeletionRunning
  | InvalidInput
  | IdempotencyRefusal;

type Stored = { readonly kind: 'stored'; readonly permissionId: string } | TooManyStored;

const dayMs = 86_400_000;

export async function grantPermission(
  deps: Deps,
  call: {
    readonly buyerId: string;
    readonly idempotencyKey: string;
    readonly sellerId: string;
    readonly fields: readonly SharedField[];
    readonly purpose: PermissionPurpose;
    /** As the client wrote it. */
    readonly expiresAt: string;
  },
): Promise<GrantPermissionResult> {
  const { buyerId, idempotencyKey, sellerId, purpose } = call;
  if (!isId('sel', sellerId)) return invalidInput('sellerId', 'This is not the id of a seller, `sel_…`.');
  const fields = sharedFields.filter((field) => call.fields.includes(field));
  if (fields.length === 0) return invalidInput('fields', 'Name at least one field.');
  const expiresAt = new Date(call.expiresAt);
  const leftMs = expiresAt.getTime() - deps.now().getTime();
  if (!(leftMs > 0 && leftMs <= maxPermissionDays * dayMs))
    return invalidInput('expiresAt', `Choose a time in the future, at most ${maxPermissionDays} days ahead.`);

  const result = await unlessErasing(() =>
    runIdempotent<Stored>(
      deps.pool,
      {
        actorId: buyerId,
        operation: 'grantPermission',
        idempotencyKey,
        input: { sellerId, fields, purpose, expiresAt: expiresAt.toISOString() },
      },
      async (transaction) => {
        await lockBuyer(transaction, buyerId, 'permissions');
        if ((await countActivePermissions(transaction, buyerId)) >= maxPermissions)
          return { kind: 'too_many_stored', limit: maxPermissions };
        const permissionId = newId('prm');
        await insertPermission(transaction, { id: permissionId, buyerId, sellerId, fields, purpose, expiresAt });
        return { kind: 'stored', permissionId };
      },
      ({ kind }) => kind === 'stored',
    ),
  );
  if (result.kind !== 'stored') return result;
  const permission = await deps.permissions.find(buyerId, result.permissionId);
  if (permission === null) throw new Error(`the permission ${result.permissionId} is gone`);
  return { kind: 'permission', permission };
}
