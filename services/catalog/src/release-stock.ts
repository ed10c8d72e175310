/** Gives held pieces back, once. A release that overtakes its reservation wins: the order may never reserve any more. */
import type { ReleaseResponse } from '@vitrine/contracts/catalog-http';
import { RetryableError } from '@vitrine/runtime/errors';
import type { Dependencies } from './dependencies.ts';
import { releaseReservation } from './store/stock.ts';

const maxAttempts = 5;

/**
 * Sold pieces stay sold: only the order's own cancellation brings them back.
 * @throws RetryableError when others kept changing the same reservation.
 */
export async function releaseStock({ pool, logger }: Dependencies, orderId: string, correlationId: string): Promise<ReleaseResponse> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const { status } = await releaseReservation(pool, orderId, correlationId);
    if (status === 'sold') logger.error({ orderId }, 'asked to release stock that is sold; it stays sold');
    if (status !== null && status !== 'held') return { status: 'released' };
  }
  throw new RetryableError(`the reservation of ${orderId} kept changing`);
}
