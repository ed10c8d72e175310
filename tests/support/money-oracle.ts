/** What really happened to the money: the ledger of the Stripe sandbox, outside every database of ours. */
import type { StackState } from '@vitrine/local/stack';

/** Movements of one order at Stripe, in minor units. `open` is authorized and neither captured nor voided. */
export interface OrderMoney {
  readonly authorized: number;
  readonly captured: number;
  readonly voided: number;
  readonly open: number;
  /** What went to the seller's account, before reversals. */
  readonly transferred: number;
  readonly counts: { readonly authorized: number; readonly captured: number; readonly refunded: number; readonly voided: number };
  readonly payment_intents: readonly string[];
}

/** The ledger by order id. */
export async function readLedger(state: StackState): Promise<Readonly<Record<string, OrderMoney>>> {
  const response = await fetch(`${state.stripe.apiBase}/_sandbox/ledger`);
  return ((await response.json()) as { readonly orders: Readonly<Record<string, OrderMoney>> }).orders;
}

/** Makes the sandbox fail the next matching request. */
export async function injectFault(
  state: StackState,
  rule: {
    readonly match: { readonly method: string; readonly path: string };
    readonly fault: string;
    readonly times?: number;
    readonly delayMs?: number;
  },
): Promise<void> {
  const response = await fetch(`${state.stripe.apiBase}/_sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rule),
  });
  if (!response.ok) throw new Error(`the sandbox refused the fault: ${await response.text()}`);
}
