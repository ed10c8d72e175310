/** Invites an account to sell: the only way in which a seller comes to be. */
import { appendEvents } from '@vitrine/runtime/outbox';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import { isCountry } from './country.ts';
import { sellerChanged } from './events.ts';
import { parseDisplayName } from './seller.ts';
import { findSellerByAccountOrId, insertSeller, recordStatusChange } from './store/sellers.ts';
import { invalidInput, type Caller, type InvalidInput, type UseCaseDeps } from './use-case.ts';

export interface InviteSellerCommand {
  readonly idempotencyKey: string;
  readonly accountId: string;
  /** Undefined to have one made. */
  readonly sellerId?: string;
  readonly displayName: string;
  readonly country: string;
}

export type InviteSellerResult =
  | { readonly kind: 'invited'; readonly sellerId: string }
  | { readonly kind: 'already_invited'; readonly sellerId: string; readonly message: string }
  | InvalidInput
  | IdempotencyRefusal;

export async function inviteSeller(deps: UseCaseDeps, caller: Caller, command: InviteSellerCommand): Promise<InviteSellerResult> {
  const { idempotencyKey, accountId, country } = command;
  if (!isId('usr', accountId)) return invalidInput('accountId', 'accountId must be usr_ and a UUIDv7.');
  if (command.sellerId !== undefined && !isId('sel', command.sellerId))
    return invalidInput('sellerId', 'sellerId must be sel_ and a UUIDv7, or left out.');
  const displayName = parseDisplayName(command.displayName);
  if (displayName === null) return invalidInput('displayName', 'displayName must have 1 to 80 printable characters on one line.');
  if (!isCountry(country))
    return invalidInput('country', 'country must be an assigned ISO 3166-1 alpha-2 code in capitals, for example US.');

  const call = { actorId: caller.accountId, operation: 'inviteSeller', idempotencyKey, input: command };
  const result = await runIdempotent<InviteSellerResult>(
    deps.pool,
    call,
    async (transaction) => {
      const sellerId = command.sellerId ?? newId('sel');
      const seller = await insertSeller(transaction, { sellerId, accountId, displayName, country });
      if (seller === null) {
        const existing = await findSellerByAccountOrId(transaction, accountId, sellerId);
        if (existing === null) throw new Error(`the seller that stands in the way of ${sellerId} is gone`);
        const what = existing.accountId === accountId ? `The account ${accountId}` : `The id ${sellerId}`;
        return {
          kind: 'already_invited',
          sellerId: existing.sellerId,
          message: `${what} already belongs to the seller ${existing.sellerId}.`,
        };
      }
      await recordStatusChange(transaction, { seller, from: null, reason: 'invited', changedBy: caller.accountId });
      await appendEvents(transaction, [sellerChanged(seller, caller.requestId)]);
      return { kind: 'invited', sellerId };
    },
    ({ kind }) => kind === 'invited',
  );
  if (result.kind === 'invited') deps.wakeRelay();
  return result;
}
