/** Setup intents: save a card for later. Confirming asks the issuer, who may refuse or want a 3-D Secure challenge first. */
import type { Stripe } from 'stripe';
import { behaviourOf, declineBody, declineOf } from './cards.ts';
import { abandonChallenge, openChallenge } from './challenges.ts';
import {
  CARD_OPTIONS,
  checkReturnUrl,
  CONFIRM_FIELDS,
  givenMethod,
  METHOD_GIVEN,
  METHOD_SELECTION,
  METHOD_SETTINGS,
  methodSettings,
  methodToConfirm,
  onlyWithConfirm,
} from './confirmation.ts';
import { requireCustomer } from './customers.ts';
import { checkClientSecret, endpoint, idIn, ok, type Answer, type Endpoint } from './endpoint.ts';
import { intentState, noSuch, withDocUrl, type ErrorBody } from './errors.ts';
import { newClientSecret, newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { clearableText, flag, metadata, oneOf, text } from './parameters.ts';
import { checkUsable, withCvcResult, type MethodContext } from './payment-methods.ts';
import { idOf, type PaymentMethodRecord, type SetupIntentRecord } from './records.ts';
import type { Transaction } from './store.ts';

type Intent = Stripe.SetupIntent;

interface Attempt extends MethodContext {
  origin: string;
}

function requireSetupIntent(tx: Transaction, id: string): SetupIntentRecord {
  const record = tx.get('setup_intent', id);
  if (record === undefined) throw noSuch('setupintent', id, { param: 'intent', inPath: true });
  return record;
}

function save(tx: Transaction, record: SetupIntentRecord): SetupIntentRecord {
  tx.put('setup_intent', record.object.id, record);
  return record;
}

/** The intent after a failed attempt: it wants another payment method and says why. */
function failedIntent(intent: Intent, error: Stripe.SetupIntent.LastSetupError): Intent {
  return {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_setup_error: error,
    latest_attempt: newId('setatt'),
  };
}

function declined(tx: Transaction, record: SetupIntentRecord, method: PaymentMethodRecord, decline: ErrorBody): Answer {
  const error = { ...decline, payment_method: method.object };
  const { object } = save(tx, { object: failedIntent(record.object, error), challenge: null });
  return { status: 402, body: { error: { ...error, setup_intent: object } } };
}

/** The issuer has agreed: the card is attached to the customer and ready for the intent's usage. */
function succeeded(tx: Transaction, record: SetupIntentRecord, method: PaymentMethodRecord): Answer {
  const intent = record.object;
  const customer = idOf(intent.customer);
  tx.put('payment_method', method.object.id, {
    ...method,
    object: withCvcResult({ ...method.object, customer: customer ?? method.object.customer }),
    setUpForOffSession: method.setUpForOffSession || intent.usage === 'off_session',
  });
  const { object } = save(tx, {
    challenge: null,
    object: {
      ...intent,
      status: 'succeeded',
      payment_method: method.object.id,
      next_action: null,
      last_setup_error: null,
      latest_attempt: newId('setatt'),
    },
  });
  return ok(object);
}

interface ConfirmParams {
  return_url?: string;
  use_stripe_sdk?: boolean;
}

function confirm(context: Attempt, record: SetupIntentRecord, method: PaymentMethodRecord | undefined, params: ConfirmParams): Answer {
  const { tx } = context;
  const intent = record.object;
  if (method === undefined) {
    throw intentState(
      'setup_intent_unexpected_state',
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
      { setup_intent: intent },
    );
  }
  checkReturnUrl(intent, params.return_url, 'SetupIntent');
  abandonChallenge(tx, record.challenge);
  const behaviour = behaviourOf(method.behaviour);
  const decline = declineOf(method.behaviour);
  if (decline !== undefined && behaviour.saveFails) return declined(tx, record, method, declineBody(decline));
  const asked = intent.payment_method_options?.card?.request_three_d_secure;
  const agrees = behaviour.threeDSecure === 'never' || (behaviour.threeDSecure === 'if_asked' && asked !== 'challenge');
  if (agrees) return succeeded(tx, record, method);
  const { id, nextAction } = openChallenge({
    tx,
    origin: context.origin,
    intentKind: 'setup_intent',
    intentId: intent.id,
    returnUrl: params.return_url ?? null,
    useStripeSdk: params.use_stripe_sdk ?? false,
  });
  const { object } = save(tx, {
    challenge: id,
    object: { ...intent, status: 'requires_action', payment_method: method.object.id, next_action: nextAction, last_setup_error: null },
  });
  return ok(object);
}

/** Ends the intent's challenge. Returns the intent as it is afterwards. */
export function endSetupChallenge(tx: Transaction, record: SetupIntentRecord, completed: boolean): Intent {
  const id = idOf(record.object.payment_method);
  const method = id === null ? undefined : tx.get('payment_method', id);
  if (completed && method !== undefined) {
    succeeded(tx, record, method);
  } else {
    const error = withDocUrl({
      type: 'invalid_request_error',
      code: 'setup_intent_authentication_failure',
      message: 'The latest attempt to set up the payment method has failed because authentication failed.',
      ...(method === undefined ? {} : { payment_method: method.object }),
    });
    save(tx, { object: failedIntent(record.object, error), challenge: null });
  }
  return requireSetupIntent(tx, record.object.id).object;
}

function confirmRefusal(intent: Intent): string | undefined {
  if (intent.status === 'succeeded') return 'You cannot confirm this SetupIntent because it has already succeeded.';
  if (intent.status === 'canceled') {
    return 'You cannot confirm this SetupIntent because it has a status of canceled. Only a SetupIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action, requires_payment_method.';
  }
  return undefined;
}

export const setupIntentEndpoints: Endpoint[] = [
  endpoint(
    'POST',
    '/v1/setup_intents',
    {
      ...METHOD_SETTINGS,
      ...METHOD_GIVEN,
      ...CONFIRM_FIELDS,
      confirm: flag(),
      customer: text(),
      description: clearableText(1000),
      metadata: metadata(),
      payment_method_options: CARD_OPTIONS,
      usage: oneOf('off_session', 'on_session'),
    },
    (call) => {
      const { tx, params } = call;
      onlyWithConfirm(call, params.confirm, ['return_url', 'use_stripe_sdk'], 'SetupIntent');
      if (params.customer !== undefined) requireCustomer(tx, params.customer, { param: 'customer' });
      const method = givenMethod(call, params);
      if (method !== undefined) checkUsable(method, params.customer ?? null);
      const id = newId('seti');
      const record = save(tx, {
        challenge: null,
        object: {
          id,
          object: 'setup_intent',
          application: null,
          ...methodSettings(params),
          cancellation_reason: null,
          client_secret: newClientSecret(id),
          created: Math.floor(call.now.getTime() / 1000),
          customer: params.customer ?? null,
          customer_account: null,
          description: params.description ?? null,
          flow_directions: null,
          last_setup_error: null,
          latest_attempt: null,
          livemode: false,
          managed_payments: null,
          mandate: null,
          metadata: params.metadata ?? {},
          next_action: null,
          on_behalf_of: null,
          payment_method: method?.object.id ?? null,
          payment_method_configuration_details: null,
          payment_method_options: {
            card: {
              mandate_options: null,
              network: null,
              request_three_d_secure: params.payment_method_options?.card?.request_three_d_secure ?? 'automatic',
            },
          },
          single_use_mandate: null,
          status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
          usage: params.usage ?? 'off_session',
        },
      });
      return params.confirm === true ? confirm(call, record, method, params) : ok(record.object);
    },
  ),
  endpoint('GET', '/v1/setup_intents', { ...PAGE, ...CREATED, customer: text(), payment_method: text() }, ({ tx, params }) => {
    const found = tx
      .list('setup_intent', params.customer)
      .map(({ object: intent }) => intent)
      .filter(
        (intent) =>
          createdWithin(intent.created, params.created) &&
          (params.payment_method === undefined || intent.payment_method === params.payment_method),
      );
    return ok(page(found, '/v1/setup_intents', 'setupintent', params));
  }),
  endpoint(
    'GET',
    '/v1/setup_intents/:id',
    { client_secret: text() },
    ({ caller, tx, path, params }) => {
      const { object: intent } = requireSetupIntent(tx, idIn(path));
      checkClientSecret(caller, params.client_secret, intent, 'SetupIntent');
      return ok(intent);
    },
    { publishable: true },
  ),
  endpoint(
    'POST',
    '/v1/setup_intents/:id/confirm',
    { ...METHOD_SELECTION, ...METHOD_GIVEN, ...CONFIRM_FIELDS, client_secret: text(), payment_method_options: CARD_OPTIONS },
    (call) => {
      const { caller, tx, path, params } = call;
      const record = requireSetupIntent(tx, idIn(path));
      checkClientSecret(caller, params.client_secret, record.object, 'SetupIntent');
      const refusal = confirmRefusal(record.object);
      if (refusal !== undefined) throw intentState('setup_intent_unexpected_state', refusal, { setup_intent: record.object });
      return confirm(call, record, methodToConfirm(call, params, record.object), params);
    },
    { publishable: true },
  ),
  endpoint(
    'POST',
    '/v1/setup_intents/:id/cancel',
    { cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer') },
    ({ tx, path, params }) => {
      const { object: intent, challenge } = requireSetupIntent(tx, idIn(path));
      if (intent.status === 'succeeded' || intent.status === 'canceled') {
        throw intentState(
          'setup_intent_unexpected_state',
          `You cannot cancel this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be canceled: requires_payment_method, requires_confirmation, requires_action.`,
          { setup_intent: intent },
        );
      }
      abandonChallenge(tx, challenge);
      const next: Intent = { ...intent, status: 'canceled', cancellation_reason: params.cancellation_reason ?? null, next_action: null };
      return ok(save(tx, { object: next, challenge: null }).object);
    },
  ),
];
