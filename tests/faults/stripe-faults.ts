/** What the sandbox does to Stripe's answers and webhooks while a suite runs, by share; each decision follows from the seed and the call. */

/** The app's confirmations have no key to repeat. */
export const stripeFaultPlans = (seed: number): readonly object[] => [
  {
    match: { path: '^/v1/(?!setup_intents/[^/]+/confirm)' },
    seed,
    rates: {
      lose_response: 0.02,
      '500_before': 0.015,
      '500_after': 0.015,
      reset: 0.02,
      '409': 0.01,
      '429': 0.015,
      wrong_shape: 0.01,
      delay: 0.02,
      delay_after: 0.02,
      hang: 0.002,
    },
    delayMs: 400,
  },
  { seed, rates: { duplicate: 0.08, reorder: 0.05, webhook_delay: 0.05, drop: 0.08, forge: 0.05, stale: 0.05 } },
];

export async function injectFaults(sandboxOrigin: string, plans: readonly object[]): Promise<void> {
  for (const plan of plans) {
    const response = await fetch(`${sandboxOrigin}/_sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(plan),
    });
    if (!response.ok) throw new Error(`the sandbox refused the faults: ${await response.text()}`);
  }
}

/** How often each fault of the plans was made since they were injected. */
export async function countFaults(sandboxOrigin: string): Promise<Readonly<Record<string, number>>> {
  const { plans } = (await (await fetch(`${sandboxOrigin}/_sandbox/faults`)).json()) as {
    readonly plans: readonly { readonly hits: Readonly<Record<string, number>> }[];
  };
  const counts: Record<string, number> = {};
  for (const { hits } of plans) for (const [fault, count] of Object.entries(hits)) counts[fault] = (counts[fault] ?? 0) + count;
  return counts;
}

export async function endFaults(sandboxOrigin: string): Promise<void> {
  await fetch(`${sandboxOrigin}/_sandbox/faults`, { method: 'DELETE' });
}
