/** A seller as catalog knows it from events: enough to decide who may change products. */

export interface Seller {
  /** `sel_…` */
  readonly sellerId: string;
  readonly accountId: string;
  readonly status: 'invited' | 'active' | 'suspended';
  /** Number of the event that said so. */
  readonly sequence: number;
}

/**
 * Why a seller may not change products; null when it may. Catalog learns of a seller by an event, which can still be
 * on its way when the seller has just accepted the invitation.
 */
export function changeRefusal(status: Seller['status'] | null): string | null {
  if (status === 'active') return null;
  if (status === 'suspended') return 'This seller is suspended: products cannot be changed. Ask the network what is missing.';
  return 'This seller is not active here yet. If the invitation was accepted just now, that may still be on its way: try again in a moment with the same key.';
}
