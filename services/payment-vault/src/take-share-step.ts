/** Makes one transfer or reversal at Stripe, or finds out what became of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { unreachable } from '@vitrine/runtime/errors';
import type { Deps } from './deps.ts';
import { keyToSend } from './key-to-send.ts';
import type { ShareStep } from './share.ts';
import type { Share } from './store/shares.ts';
import { noAccount, type Budget, type StripeOutcome } from './stripe-call.ts';
import type { Moved } from './stripe-connect.ts';

/** `account_cannot`: the seller's account takes no transfers at the moment. */
export type Taken =
  /** `stripeId`: `tr_…` or `trr_…`. */
  | { readonly kind: 'done'; readonly stripeId: string }
  | { readonly kind: 'account_cannot' }
  | { readonly kind: 'refused'; readonly code: string | null }
  /** Somebody has to look again, not before `waitMs` if it is given. */
  | { readonly kind: 'unknown'; readonly waitMs: number | null };

const maxTries = 3;
const pauseMs = 150;
const unclear: Taken = { kind: 'unknown', waitMs: null };

/** Stripe's codes for an account that cannot take a transfer (https://docs.stripe.com/error-codes). */
const accountCodes: ReadonlySet<string | null> = new Set([
  'insufficient_capabilities_for_transfer',
  'transfers_not_allowed',
  noAccount,
  'account_closed',
]);

/** For the holder of the share's lease. `isNew`: nothing was sent so far. */
export async function takeStep(
  deps: Deps,
  share: Share,
  step: ShareStep,
  steps: readonly ShareStep[],
  leaseToken: string,
  budget: Budget,
  isNew: boolean,
): Promise<Taken> {
  const { orderId } = share;
  const calls = callsOf(deps, share, step, steps, budget);
  const finish = ({ id, amountMinor }: Moved): Taken => {
    if (amountMinor !== step.amountMinor) throw new Error(`step ${step.step} of ${orderId} is another amount at Stripe`);
    return { kind: 'done', stripeId: id };
  };

  let key = step.stripeKey;
  let { keySpentAt, sentAt } = step;
  let mustLook = !isNew;
  for (let tries = 0; tries < maxTries; tries += 1) {
    if (tries > 0) await pause(pauseMs * 2 ** tries);
    if (mustLook) {
      const looked = await calls.find();
      if (looked.kind !== 'ok') continue;
      if (looked.value.moved !== null) return finish(looked.value.moved);
      const next = keyToSend({ stripeKey: key, sentAt, keySpentAt }, deps.now());
      if ('waitMs' in next) return { kind: 'unknown', waitMs: next.waitMs };
      if (!(await deps.shares.markSent(orderId, leaseToken, step, next.key))) return unclear;
      if (next.key !== key) [key, sentAt, keySpentAt] = [next.key, deps.now(), null];
    }
    const outcome = await calls.make(key);
    mustLook = true;
    switch (outcome.kind) {
      case 'ok':
        return finish(outcome.value);
      case 'refused': {
        // What an earlier call came to counts.
        const looked = await calls.find();
        if (looked.kind !== 'ok') break;
        if (looked.value.moved !== null) return finish(looked.value.moved);
        const { code } = outcome.refusal;
        await deps.shares.refuseStep(orderId, leaseToken, step, code);
        return step.kind === 'transfer' && accountCodes.has(code) ? { kind: 'account_cannot' } : { kind: 'refused', code };
      }
      case 'key_conflict':
      case 'unknown':
        if (outcome.kind === 'key_conflict' || outcome.replayed) {
          await deps.shares.markKeySpent(orderId, step.step);
          keySpentAt ??= deps.now();
        }
        break;
      case 'in_flight':
        break;
      case 'not_sent':
        return unclear;
      default:
        return unreachable(outcome);
    }
  }
  return unclear;
}

interface StepCalls {
  find(): Promise<StripeOutcome<{ readonly moved: Moved | null }>>;
  make(key: string): Promise<StripeOutcome<Moved>>;
}

/** How this step is made and found. */
function callsOf(deps: Deps, share: Share, step: ShareStep, steps: readonly ShareStep[], budget: Budget): StepCalls {
  const { stripeConnect } = deps;
  const { orderId, currency } = share;
  const { amountMinor, stripeAccountId } = step;
  if (step.kind === 'reversal') {
    const transferId = steps.find((other) => other.step === step.reversedStep)?.stripeId;
    if (transferId === undefined || transferId === null) throw new Error(`step ${step.step} of ${orderId} reverses no transfer`);
    return {
      find: () => stripeConnect.findReversal(transferId, step.step, budget),
      make: (key) => stripeConnect.createReversal({ orderId, step: step.step, amountMinor, transferId }, key, budget),
    };
  }
  const { stripeChargeId } = share;
  if (stripeChargeId === null) throw new Error(`${orderId} is captured and has no charge`);
  return {
    find: () => stripeConnect.findTransfer(orderId, step.step, budget),
    make: (key) =>
      stripeConnect.createTransfer({ orderId, step: step.step, amountMinor, currency, stripeAccountId, stripeChargeId }, key, budget),
  };
}
