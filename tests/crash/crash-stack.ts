/** A whole Vitrine in which every call of checkout to another service, and every write of a purchase, can be held. */
import { crowdLimits, withoutRepairs } from '../support/crowd.ts';
import { createSignedCalls, type SignedCalls } from '../support/signed-calls.ts';
import type { RunningStack } from '@vitrine/local/stack';
import { removeStackFolder } from '@vitrine/local/stack-folder';
import { cache, startWholeStack } from '../support/stack.ts';
import { createCheckoutProcess } from '../faults/checkout-process.ts';
import type { ProcessUnderTest } from '../faults/process-under-test.ts';
import { openCallGate, type CallGate, type CallMarks, type CallName, type HeldCall } from './call-gate.ts';
import { openWriteGate, type WriteGate } from './write-gate.ts';

export interface CrashStack {
  readonly stack: RunningStack;
  readonly calls: SignedCalls;
  readonly writes: WriteGate;
  /** What is killed; it runs where the stack's own did. */
  readonly checkout: ProcessUnderTest;
  readonly holdCall: (call: CallName, moment: 'before' | 'after', marks: CallMarks) => HeldCall;
  /** Of checkout, for another process of it: through the same gates. */
  readonly checkoutEnvironment: Readonly<Record<string, string>>;
  /** @param keepLogs whether its folder stays */
  stop(keepLogs: boolean): Promise<void>;
}

const askedAt: Readonly<Record<CallName, 'catalog' | 'payment-vault' | 'seller-eligibility'>> = {
  offer: 'catalog',
  reserve: 'catalog',
  release: 'catalog',
  decide: 'seller-eligibility',
  readiness: 'payment-vault',
  authorize: 'payment-vault',
  capture: 'payment-vault',
  voidPayment: 'payment-vault',
};

export async function startCrashStack(): Promise<CrashStack> {
  const gates: Readonly<Record<(typeof askedAt)[CallName], CallGate>> = {
    catalog: await openCallGate(),
    'payment-vault': await openCallGate(),
    'seller-eligibility': await openCallGate(),
  };
  const checkoutEnvironment = {
    ...crowdLimits.checkout,
    ...withoutRepairs,
    CATALOG_URL: gates.catalog.origin,
    PAYMENT_VAULT_URL: gates['payment-vault'].origin,
    SELLER_ELIGIBILITY_URL: gates['seller-eligibility'].origin,
  };
  const stack = await startWholeStack({ logLevel: 'info', serviceEnvironment: { ...crowdLimits, checkout: checkoutEnvironment } });
  const { state } = stack;
  for (const service of Object.keys(gates) as (keyof typeof gates)[]) gates[service].passTo(state.serviceUrls[service]);
  // The stack's own would count as started only when Kafka has given the place of a killed one away: half a minute each time.
  await stack.kill('checkout', 'SIGTERM');
  const checkout = await createCheckoutProcess(state, {
    name: 'checkout-1',
    port: Number(new URL(state.serviceUrls.checkout).port),
    readyPath: '/livez',
    environment: checkoutEnvironment,
  });
  await checkout.start();
  const calls = createSignedCalls(state);
  const writes = await openWriteGate(state.databaseUrls.checkout);
  return {
    stack,
    calls,
    writes,
    checkout,
    checkoutEnvironment,
    holdCall: (call, moment, marks) => gates[askedAt[call]].hold(call, moment, marks),
    async stop(keepLogs) {
      await checkout.kill();
      await writes.close();
      await calls.close();
      await stack.stop();
      await Promise.all(Object.values(gates).map((gate) => gate.close()));
      if (!keepLogs) await removeStackFolder(state.root, cache);
    },
  };
}
