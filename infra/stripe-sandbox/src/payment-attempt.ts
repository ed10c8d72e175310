/** One attempt to pay a payment intent: what the card's issuer answers, and what is written because of it. */
import type { Stripe } from 'stripe';
import { AUTHENTICATION_REQUIRED, behaviourOf, declineBody, declineNow, type Decline } from './cards.ts';
import { abandonChallenge, openChallenge } from './challenges.ts';
import { newCharge, type Authentication } from './charges.ts';
import { checkReturnUrl } from './confirmation.ts';
import { ok, type Answer } from './endpoint.ts';
import { intentState, withDocUrl, type ErrorBody } from './errors.ts';
import { actionRequired, authorized, failed, inProcess } from './payment-intent-state.ts';
import { withCvcResult, type MethodContext } from './payment-methods.ts';
import { idOf, type PaymentIntentRecord, type PaymentMethodRecord } from './records.ts';
import { DEFERRAL_MS } from './refund-state.ts';
import { settleCapture } from './settlement.ts';

interface AttemptContext extends MethodContext {
  origin: string;
}

interface ConfirmParams {
  offSession: boolean;
  error_on_requires_action?: boolean;
  return_url?: string;
  use_stripe_sdk?: boolean;
}

function declined(
  context: MethodContext,
  intent: Stripe.PaymentIntent,
  method: PaymentMethodRecord,
  error: ErrorBody,
  charge: Stripe.Charge | null,
): Answer {
  const body = withDocUrl({ ...error, payment_method: method.object, ...(charge === null ? {} : { charge: charge.id }) });
  const next = failed(intent, body, charge);
  context.tx.put('payment_intent', intent.id, { object: next, challenge: null });
  return { status: 402, body: { error: { ...body, payment_intent: next } } };
}

/** The payment takes a while: it has no charge before it ends, and then one that is approved or refused. */
function processing(
  context: MethodContext,
  intent: Stripe.PaymentIntent,
  method: PaymentMethodRecord,
  outcome: 'succeed' | 'fail',
): Answer {
  const { tx, now } = context;
  const { id } = intent;
  const next = inProcess(intent, method.object.id);
  tx.put('payment_intent', id, { object: next, challenge: null });
  tx.put('deferral', id, { kind: 'payment_intent', id, outcome, dueAt: now.getTime() + DEFERRAL_MS, done: false });
  return ok(next);
}

/** Ends a payment that was processing. Undefined where it was canceled meanwhile. */
export function endProcessing(context: MethodContext, id: string, outcome: 'succeed' | 'fail'): Stripe.PaymentIntent | undefined {
  const intent = context.tx.get('payment_intent', id)?.object;
  const method = context.tx.get('payment_method', idOf(intent?.payment_method) ?? '');
  if (intent?.status !== 'processing' || method === undefined) return undefined;
  charge(context, intent, method, outcome === 'fail' ? declineNow('generic_decline', undefined, context.now) : undefined, null);
  return context.tx.get('payment_intent', id)?.object;
}

/** Charges the card: an approved charge moves money, a refused one leaves the intent asking for another payment method. */
function charge(
  context: MethodContext,
  intent: Stripe.PaymentIntent,
  method: PaymentMethodRecord,
  decline: Decline | undefined,
  authentication: Authentication | null,
): Answer {
  const { tx } = context;
  const now = Math.floor(context.now.getTime() / 1000);
  const seen = withCvcResult(method.object);
  const made = newCharge({ intent, method: seen, decline, authentication, now });
  if (decline !== undefined) {
    tx.put('charge', made.id, { object: made });
    return declined(context, intent, method, declineBody(decline), made);
  }
  const customer = idOf(intent.customer);
  const attaches = intent.setup_future_usage !== null && customer !== null;
  tx.put('payment_method', seen.id, {
    ...method,
    object: attaches ? { ...seen, customer } : seen,
    setUpForOffSession: method.setUpForOffSession || (attaches && intent.setup_future_usage === 'off_session'),
    spent: seen.customer === null && !attaches,
  });
  const next = authorized(intent, made, now);
  if (made.captured) settleCapture(tx, made, now);
  else tx.put('charge', made.id, { object: made });
  tx.put('payment_intent', intent.id, { object: next.intent, challenge: null });
  for (const movement of next.movements) tx.move(movement);
  return ok(next.intent);
}

/** Confirms with `method`. The answer is the intent, or a card error (402) that has been written to the intent as well. */
export function confirmPaymentIntent(
  context: AttemptContext,
  record: PaymentIntentRecord,
  method: PaymentMethodRecord | undefined,
  params: ConfirmParams,
): Answer {
  const { tx } = context;
  const intent = record.object;
  if (method === undefined) {
    throw intentState(
      'payment_intent_unexpected_state',
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { payment_intent: intent },
    );
  }
  checkReturnUrl(intent, params.return_url, 'PaymentIntent');
  abandonChallenge(tx, record.challenge);
  const { threeDSecure, processing: takesWhile } = behaviourOf(method.behaviour);
  const decline = declineNow(method.behaviour, method.object.card, context.now);
  if (takesWhile !== undefined && decline === undefined) return processing(context, intent, method, takesWhile);
  if (params.offSession) {
    const refused = threeDSecure === 'always' || (threeDSecure === 'unless_set_up' && !method.setUpForOffSession);
    return charge(context, intent, method, refused ? AUTHENTICATION_REQUIRED : decline, null);
  }
  const asked = intent.payment_method_options?.card?.request_three_d_secure;
  if (threeDSecure === 'never') return charge(context, intent, method, decline, null);
  // An issuer that is asked only for its opinion agrees without the card holder; one that is asked for a challenge makes it.
  if (threeDSecure === 'if_asked' && asked !== 'challenge') {
    return charge(context, intent, method, decline, asked === 'any' ? 'frictionless' : null);
  }
  if (params.error_on_requires_action === true) {
    const message =
      "The provided payment method requires customer actions to complete, but error_on_requires_action was set. If you'd like to add this payment method to your integration, we recommend that you first upgrade your integration to handle actions.";
    return declined(
      context,
      intent,
      method,
      { type: 'card_error', code: 'authentication_required', decline_code: 'authentication_not_handled', message },
      null,
    );
  }
  const { id, nextAction } = openChallenge({
    tx,
    origin: context.origin,
    intentKind: 'payment_intent',
    intentId: intent.id,
    returnUrl: params.return_url ?? null,
    useStripeSdk: params.use_stripe_sdk ?? false,
  });
  const next = actionRequired(intent, method.object.id, nextAction);
  tx.put('payment_intent', intent.id, { object: next, challenge: id });
  return ok(next);
}

/** Ends the intent's challenge. Returns the intent as it is afterwards. */
export function endPaymentChallenge(context: MethodContext, record: PaymentIntentRecord, completed: boolean): Stripe.PaymentIntent {
  const { tx } = context;
  const intent = record.object;
  const id = idOf(intent.payment_method);
  const method = id === null ? undefined : tx.get('payment_method', id);
  // A card that was detached meanwhile cannot be charged; for the buyer the authentication has failed.
  const usable = method !== undefined && !method.spent;
  if (completed && usable) {
    charge(context, intent, method, declineNow(method.behaviour, method.object.card, context.now), 'challenge');
  } else {
    const error = withDocUrl({
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      message:
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
      ...(method === undefined ? {} : { payment_method: method.object }),
    });
    tx.put('payment_intent', intent.id, { object: failed(intent, error as Stripe.PaymentIntent.LastPaymentError, null), challenge: null });
  }
  return tx.get('payment_intent', intent.id)?.object ?? intent;
}
