/** Accepts an invitation: the invited account, and nobody else, becomes an active seller. */
import { appendEvents } from '@vitrine/runtime/outbox';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { unreachable } from '@vitrine/runtime/errors';
import { sellerChanged } from './events.ts';
import { decideAcceptance } from './seller.ts';
import { lockSeller, recordStatusChange, updateSellerStatus } from './store/sellers.ts';
import type { Caller, UseCaseDeps } from './use-case.ts';

export interface NotAllowed {
  readonly kind: 'not_allowed';
  readonly message: string;
}

export type AcceptInvitationResult = { readonly kind: 'accepted'; readonly sellerId: string } | NotAllowed | IdempotencyRefusal;

/** @param command `sellerId` is the seller that the caller's token names. */
export async function acceptInvitation(
  deps: UseCaseDeps,
  caller: Caller,
  command: { readonly idempotencyKey: string; readonly sellerId: string },
): Promise<AcceptInvitationResult> {
  const { idempotencyKey, sellerId } = command;
  const call = { actorId: caller.accountId, operation: 'acceptSellerInvitation', idempotencyKey, input: { sellerId } };
  const result = await runIdempotent<AcceptInvitationResult>(
    deps.pool,
    call,
    async (transaction) => {
      const seller = await lockSeller(transaction, sellerId);
      if (seller === null || seller.accountId !== caller.accountId) {
        return { kind: 'not_allowed', message: 'There is no invitation for this account. The network invites sellers.' };
      }
      const decision = decideAcceptance(seller.status);
      switch (decision) {
        case 'unchanged':
          return { kind: 'accepted', sellerId };
        case 'suspended':
          return { kind: 'not_allowed', message: 'The network has stopped this seller; only the network can let it sell again.' };
        case 'activate': {
          const active = await updateSellerStatus(transaction, sellerId, 'active');
          await recordStatusChange(transaction, {
            seller: active,
            from: seller.status,
            reason: 'invitation accepted',
            changedBy: caller.accountId,
          });
          await appendEvents(transaction, [sellerChanged(active, caller.requestId)]);
          return { kind: 'accepted', sellerId };
        }
        default:
          return unreachable(decision);
      }
    },
    ({ kind }) => kind === 'accepted',
  );
  if (result.kind === 'accepted') deps.wakeRelay();
  return result;
}
