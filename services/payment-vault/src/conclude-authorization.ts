/** Turns what was found out at Stripe about an authorization into the payment's state and the answer to checkout. */
import type { AuthorizationResponse } from '@vitrine/contracts/payment-vault-http';
import { unreachable } from '@vitrine/runtime/errors';
import { changeIntent } from './change-intent.ts';
import type { Deps } from './deps.ts';
import {
  challengeLifetimeMs,
  lateIntentDelaysMs,
  meaningOf,
  settleDelayMs,
  type Intent,
  type IntentMeaning,
  type Payment,
  type Refusal,
} from './payment.ts';
import { endedOutcome, recordOutcome } from './record-outcome.ts';
import type { Recorded } from './store/payments.ts';
import type { Budget } from './stripe-call.ts';
import { undoAuthorization } from './void-payment.ts';

export type Finding =
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** No money can move. `mayAppear`: unless a call that Stripe failed to answer takes effect late. */
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly mayAppear: boolean }
  /** `neverSent`: certainly nothing reached Stripe so far. */
  | { readonly kind: 'unknown'; readonly neverSent: boolean };

const retryLater: AuthorizationResponse = { status: 'retry_later', retryAfterMs: 500 };
const firstChallengeCheckMs = 60_000;

/** The answer for a payment that is decided; null for one that is not. */
export function decidedResponse(payment: Payment): AuthorizationResponse | null {
  switch (payment.status) {
    case 'authorized':
    case 'captured':
      if (payment.voidRequestedAt !== null && payment.status === 'authorized') return { status: 'voided' };
      return { status: 'authorized', authorizedAt: (payment.authorizedAt ?? payment.createdAt).toISOString() };
    case 'declined':
      return payment.declineReason === 'CARD_GONE'
        ? { status: 'missing_details', missing: ['PAYMENT_METHOD'] }
        : { status: 'declined', reason: payment.declineReason ?? 'DECLINED' };
    case 'voided':
      return { status: 'voided' };
    case 'started':
    case 'requires_action':
      return payment.voidRequestedAt === null ? null : { status: 'voided' };
    default:
      return unreachable(payment.status);
  }
}

/** For the holder of the payment's lease, which ends with it. */
export async function concludeAuthorization(
  deps: Deps,
  held: Payment,
  leaseToken: string,
  finding: Finding,
  budget: Budget,
): Promise<AuthorizationResponse> {
  switch (finding.kind) {
    case 'unknown':
      await deps.payments.release(
        held.orderId,
        leaseToken,
        finding.neverSent ? { settleInMs: null, neverSent: true } : { settleInMs: settleDelayMs(held.settleAttempts) },
      );
      return retryLater;
    case 'refused':
      return answer(
        await recordOutcome(deps, held, leaseToken, {
          status: 'declined',
          stripePaymentIntentId: null,
          declineReason: finding.reason,
          settleInMs: finding.mayAppear ? (lateIntentDelaysMs[0] ?? null) : null,
        }),
      );
    case 'intent':
      return concludeIntent(deps, held, leaseToken, finding.intent, budget);
    default:
      return unreachable(finding);
  }
}

const answer = (recorded: Recorded): AuthorizationResponse =>
  recorded.kind === 'recorded' ? (decidedResponse(recorded.payment) ?? retryLater) : retryLater;

async function concludeIntent(
  deps: Deps,
  held: Payment,
  leaseToken: string,
  intent: Intent,
  budget: Budget,
): Promise<AuthorizationResponse> {
  const { id: stripePaymentIntentId } = intent;
  const meaning = challengeIsOver(deps, held, meaningOf(intent));
  switch (meaning.kind) {
    case 'authorized':
    case 'requires_action': {
      const settleInMs = meaning.kind === 'authorized' ? null : Math.max(firstChallengeCheckMs, settleDelayMs(held.settleAttempts));
      const recorded = await recordOutcome(deps, held, leaseToken, {
        status: meaning.kind,
        stripePaymentIntentId,
        settleInMs,
        unlessVoidRequested: true,
      });
      if (recorded.kind === 'void_requested') {
        // The void came while Stripe was asked. It waits for this lease, and finds the payment undone.
        if (await deps.payments.noteIntent(held.orderId, leaseToken, stripePaymentIntentId))
          await undoAuthorization(deps, { ...held, stripePaymentIntentId }, leaseToken, budget);
        return { status: 'voided' };
      }
      if (recorded.kind === 'lease_lost' || meaning.kind === 'authorized') return answer(recorded);
      if (intent.clientSecret === null) throw new Error(`Stripe gave no client secret for ${stripePaymentIntentId}`);
      return { status: 'requires_action', clientSecret: intent.clientSecret };
    }
    case 'captured':
      return answer(await recordOutcome(deps, held, leaseToken, endedOutcome(meaning, stripePaymentIntentId)));
    case 'canceled': {
      const reason = held.status === 'requires_action' ? 'AUTHENTICATION_FAILED' : 'PROCESSING_ERROR';
      return answer(
        await recordOutcome(deps, held, leaseToken, { status: 'declined', stripePaymentIntentId, declineReason: reason, settleInMs: null }),
      );
    }
    case 'failed': {
      // Whoever has the client secret could try another card: the intent has to be ended before it counts as declined.
      if (held.status === 'requires_action') {
        const end = await changeIntent(deps, { ...held, stripePaymentIntentId }, leaseToken, { step: 'void' }, budget);
        if (end.kind === 'unknown') return concludeAuthorization(deps, held, leaseToken, { kind: 'unknown', neverSent: false }, budget);
        if (end.kind === 'captured') return answer(await recordOutcome(deps, held, leaseToken, endedOutcome(end, stripePaymentIntentId)));
      }
      return answer(
        await recordOutcome(deps, held, leaseToken, {
          status: 'declined',
          stripePaymentIntentId,
          declineReason: meaning.reason,
          settleInMs: null,
        }),
      );
    }
    case 'pending':
      await deps.payments.noteIntent(held.orderId, leaseToken, stripePaymentIntentId);
      return concludeAuthorization(deps, held, leaseToken, { kind: 'unknown', neverSent: false }, budget);
    default:
      return unreachable(meaning);
  }
}

/** A challenge that nobody has answered for long has failed. */
const challengeIsOver = (deps: Deps, held: Payment, meaning: IntentMeaning): IntentMeaning =>
  meaning.kind === 'requires_action' &&
  held.status === 'requires_action' &&
  deps.now().getTime() - held.createdAt.getTime() > challengeLifetimeMs
    ? { kind: 'failed', reason: 'AUTHENTICATION_FAILED' }
    : meaning;
