/**
 * The seller, or an operator, takes a return or refuses it, and receives the goods: then the buyer's money goes back, and
 * what can be sold again goes back to stock (by the event).
 */
import type { ReturnRefusal } from '@vitrine/contracts/order-events';
import type { Transaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { maySeeSellerOrder } from './access.ts';
import { changeReturn, type ChangeReturnResult, type InvalidReturn, type ReturnCommand, type ReturnStep } from './change-return.ts';
import type { Deps } from './deps.ts';
import { orderReturnApproved, orderReturnReceived, orderReturnRefused } from './money-events.ts';
import type { Order } from './order.ts';
import { returnTerms } from './refund.ts';
import type { RefundActor } from './request-refund.ts';
import { checkReceived, type OrderReturn, type ReceivedLine } from './return.ts';
import { findRefundsOf, insertRefund } from './store/refunds.ts';

type DecideDeps = Pick<Deps, 'pool' | 'clock' | 'wakeRelay' | 'wakeRefunds'>;

/** `accountId` of the command is the actor's. */
export type DecideReturnCommand = Omit<ReturnCommand, 'accountId'> & { readonly actor: RefundActor };

const toCommand = ({ actor, ...command }: DecideReturnCommand): ReturnCommand => ({ ...command, accountId: actor.accountId });

export const approveReturn = (deps: DecideDeps, command: DecideReturnCommand): Promise<ChangeReturnResult> =>
  changeReturn(
    deps,
    'approveReturn',
    toCommand(command),
    command.actor.role,
    mayDecide(command),
    async (_transaction, _order, returned) => {
      if (returned.state !== 'requested') return null;
      const approved: OrderReturn = { ...returned, state: 'approved', decidedAt: deps.clock.now() };
      return { move: 'approve_return', returned: approved, event: (order) => orderReturnApproved(order, approved) };
    },
  );

export const refuseReturn = (
  deps: DecideDeps,
  command: DecideReturnCommand & { readonly reason: ReturnRefusal },
): Promise<ChangeReturnResult> => {
  const { reason } = command;
  return changeReturn(
    deps,
    'refuseReturn',
    toCommand(command),
    command.actor.role,
    mayDecide(command),
    async (_transaction, _order, returned) => {
      if (returned.state !== 'requested') return null;
      const refused: OrderReturn = { ...returned, state: 'refused', refusal: reason, decidedAt: deps.clock.now() };
      return { move: 'refuse_return', returned: refused, event: (order) => orderReturnRefused(order, refused, reason), detail: { reason } };
    },
  );
};

export interface ReceiveReturnCommand extends DecideReturnCommand {
  /** What arrived: all that was announced, or less. */
  readonly lines: readonly ReceivedLine[];
  /** Whether what is left of shipping goes back, too. */
  readonly refundShipping: boolean;
}

export async function receiveReturn(deps: DecideDeps, command: ReceiveReturnCommand): Promise<ChangeReturnResult> {
  const result = await changeReturn(
    deps,
    'receiveReturn',
    toCommand(command),
    command.actor.role,
    mayDecide(command),
    (transaction, order, returned) => receive(transaction, order, returned, command, deps.clock.now()),
  );
  if (result.kind === 'changed') deps.wakeRefunds();
  return result;
}

async function receive(
  transaction: Transaction,
  order: Order,
  returned: OrderReturn,
  { actor, lines, refundShipping }: ReceiveReturnCommand,
  now: Date,
): Promise<ReturnStep | InvalidReturn | null> {
  if (returned.state !== 'approved') return null;
  const invalid = checkReceived(order, returned, lines);
  if (invalid !== null) return invalid;
  const terms = returnTerms(order, await findRefundsOf(transaction, [order.orderId]), lines, refundShipping);
  // It may be refunded already: then the return is over with its goods.
  const isRefunded = terms.amountMinor === 0;
  const { returnId } = returned;
  const received: OrderReturn = {
    ...returned,
    state: isRefunded ? 'refunded' : 'received',
    received: lines,
    refundShipping,
    receivedAt: now,
  };
  if (!isRefunded) {
    await insertRefund(transaction, {
      orderId: order.orderId,
      refundId: newId('ref'),
      kind: 'return',
      ...terms,
      reason: 'RETURNED',
      requestedBy: actor.role,
      returnId,
    });
  }
  return {
    move: isRefunded ? 'receive_refunded_return' : 'receive_return',
    returned: received,
    event: (moved) => orderReturnReceived(moved, received, lines),
  };
}

const mayDecide =
  ({ actor }: DecideReturnCommand) =>
  (order: Order): boolean =>
    maySeeSellerOrder({ ...actor }, order);
