/** Statements with which the reconciler has a loop take its next step now. */
import type { Queryable } from '@vitrine/runtime/database';

/** A lease is no longer than this: what lies further ahead is a try that was put off. */
const longestLeaseSeconds = 20;

/** Has a purchase that is not over taken up now. */
export async function wakePurchase(queryable: Queryable, orderId: string): Promise<void> {
  await queryable.query(
    `update purchases set next_attempt_at = now() where order_id = $1 and recovery_point <> 'finished' and next_attempt_at > now()`,
    [orderId],
  );
}

/** Has a capture or void that was put off tried now; one that is under way is left alone. */
export async function dropPostponement(queryable: Queryable, orderId: string, step: 'capture' | 'void'): Promise<void> {
  const lease = step === 'capture' ? 'capture_leased_until' : 'void_leased_until';
  await queryable.query(
    `update orders set ${lease} = null where order_id = $1 and ${lease} > now() + make_interval(secs => ${longestLeaseSeconds})`,
    [orderId],
  );
}
