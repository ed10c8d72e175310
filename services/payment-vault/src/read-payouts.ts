/** What a seller got of its orders, and what is due. */
import type { Deps } from './deps.ts';
import { dueOf } from './share.ts';

export interface Payout {
  readonly due: PayoutAmount;
  readonly transferred: PayoutAmount;
  readonly reversed: PayoutAmount;
}

interface PayoutAmount {
  readonly amountMinor: number;
  readonly currency: string;
}

/** The seller's payouts of these orders, by order id; another seller's are missing. */
export async function readPayouts(
  deps: Pick<Deps, 'shares' | 'disputedMinor'>,
  sellerId: string,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, Payout>> {
  const shares = await deps.shares.findMany(sellerId, orderIds);
  return new Map(
    await Promise.all(
      shares.map(async (share) => {
        const amount = (amountMinor: number): PayoutAmount => ({ amountMinor, currency: share.currency });
        const due = dueOf({ ...share, disputedMinor: await deps.disputedMinor(share.orderId) });
        const payout: Payout = { due: amount(due), transferred: amount(share.transferredMinor), reversed: amount(share.reversedMinor) };
        return [share.orderId, payout] as const;
      }),
    ),
  );
}
