/** Stops a seller, or lets it sell again. */
import { appendEvents } from '@vitrine/runtime/outbox';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { unreachable } from '@vitrine/runtime/errors';
import { sellerChanged } from './events.ts';
import { characterCount, decideStatusChange, type SellerStatus } from './seller.ts';
import { lockSeller, recordStatusChange, updateSellerStatus } from './store/sellers.ts';
import { invalidInput, type Caller, type InvalidInput, type UseCaseDeps } from './use-case.ts';

export interface SetSellerStatusCommand {
  readonly idempotencyKey: string;
  readonly sellerId: string;
  readonly status: SellerStatus;
  readonly reason: string;
}

export type SetSellerStatusResult =
  | { readonly kind: 'set'; readonly sellerId: string }
  | { readonly kind: 'not_found'; readonly id: string; readonly message: string }
  | InvalidInput
  | IdempotencyRefusal;

const maxReasonLength = 500;

export async function setSellerStatus(deps: UseCaseDeps, caller: Caller, command: SetSellerStatusCommand): Promise<SetSellerStatusResult> {
  const { idempotencyKey, sellerId, status } = command;
  const reason = command.reason.trim();
  const reasonLength = characterCount(reason);
  if (reasonLength < 1 || reasonLength > maxReasonLength)
    return invalidInput('reason', `reason must have 1 to ${maxReasonLength} characters.`);

  const call = { actorId: caller.accountId, operation: 'setSellerStatus', idempotencyKey, input: command };
  const result = await runIdempotent<SetSellerStatusResult>(
    deps.pool,
    call,
    async (transaction) => {
      const seller = await lockSeller(transaction, sellerId);
      if (seller === null) return { kind: 'not_found', id: sellerId, message: `There is no seller ${sellerId}.` };
      const decision = decideStatusChange(seller.status, status);
      switch (decision) {
        case 'not_settable':
          return invalidInput('status', 'status must be ACTIVE or SUSPENDED; an invitation is made with inviteSeller.');
        case 'still_invited':
          return invalidInput('status', 'The seller has not accepted its invitation yet: until then its status cannot be set.');
        case 'unchanged':
          return { kind: 'set', sellerId };
        case 'change': {
          const changed = await updateSellerStatus(transaction, sellerId, status);
          await recordStatusChange(transaction, { seller: changed, from: seller.status, reason, changedBy: caller.accountId });
          await appendEvents(transaction, [sellerChanged(changed, caller.requestId)]);
          return { kind: 'set', sellerId };
        }
        default:
          return unreachable(decision);
      }
    },
    ({ kind }) => kind === 'set',
  );
  if (result.kind === 'set') deps.wakeRelay();
  return result;
}
