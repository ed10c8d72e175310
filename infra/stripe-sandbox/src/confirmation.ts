/** What confirming a payment intent and confirming a setup intent have in common: which payment method, and where to return to. */
import type { Stripe } from 'stripe';
import type { Call } from './endpoint.ts';
import { invalidRequest } from './errors.ts';
import { clearableObject, flag, list, object, oneOf, text, url, type Shape, type Values } from './parameters.ts';
import { checkUsable, createPaymentMethod, PAYMENT_METHOD_FIELDS, resolvePaymentMethod, type MethodContext } from './payment-methods.ts';
import { idOf, type PaymentMethodRecord } from './records.ts';

const METHOD_TYPE = oneOf('card', 'link');

export const METHOD_SELECTION = {
  allowed_payment_method_types: list(METHOD_TYPE),
  excluded_payment_method_types: list(METHOD_TYPE),
};

export const METHOD_SETTINGS = {
  ...METHOD_SELECTION,
  automatic_payment_methods: object({ enabled: flag(), allow_redirects: oneOf('always', 'never') }),
};

export const METHOD_GIVEN = {
  payment_method: text(),
  payment_method_data: object(PAYMENT_METHOD_FIELDS),
};

export const CONFIRM_FIELDS = { return_url: url(), use_stripe_sdk: flag() };

export const CARD_OPTIONS = object({ card: clearableObject({ request_three_d_secure: oneOf('any', 'automatic', 'challenge') }) });

type Given = Partial<Values<typeof METHOD_GIVEN>>;

/** The payment method that the parameters name or describe; undefined where they do neither. */
export function givenMethod(context: MethodContext, params: Given): PaymentMethodRecord | undefined {
  if (params.payment_method !== undefined && params.payment_method_data !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: payment_method, payment_method_data.', {
      code: 'parameters_exclusive',
      param: 'payment_method_data',
    });
  }
  if (params.payment_method_data !== undefined) return createPaymentMethod(context, params.payment_method_data, 'payment_method_data');
  if (params.payment_method !== undefined) return resolvePaymentMethod(context, params.payment_method, { param: 'payment_method' });
  return undefined;
}

/** The method to confirm with: given now or earlier, and usable by the intent's customer. Undefined where there is none. */
export function methodToConfirm(
  context: MethodContext,
  params: Given,
  intent: { payment_method: string | Stripe.PaymentMethod | null; customer: string | { id: string } | null },
): PaymentMethodRecord | undefined {
  const earlier = idOf(intent.payment_method);
  const method = givenMethod(context, params) ?? (earlier === null ? undefined : context.tx.get('payment_method', earlier));
  if (method !== undefined) checkUsable(method, idOf(intent.customer));
  return method;
}

interface MethodChoice {
  automatic_payment_methods: { enabled: boolean | null; allow_redirects?: string } | null;
  allowed_payment_method_types: string[] | null;
}

/** The payment method settings of a new intent; Stripe chooses automatically unless it is told otherwise. */
export function methodSettings(params: Values<typeof METHOD_SETTINGS>): {
  automatic_payment_methods: { enabled: boolean; allow_redirects: 'always' | 'never' } | null;
  allowed_payment_method_types: ('card' | 'link')[] | null;
  excluded_payment_method_types: ('card' | 'link')[] | null;
  payment_method_types: string[];
} {
  const { automatic_payment_methods: automatic, allowed_payment_method_types: allowed, excluded_payment_method_types: excluded } = params;
  const enabled = automatic?.enabled ?? (automatic === undefined && allowed === undefined);
  return {
    automatic_payment_methods: enabled ? { enabled: true, allow_redirects: automatic?.allow_redirects ?? 'always' } : null,
    allowed_payment_method_types: allowed ?? null,
    excluded_payment_method_types: excluded ?? null,
    payment_method_types: (allowed ?? ['card']).filter((type) => excluded?.includes(type) !== true),
  };
}

/** An intent that may lead to a redirecting payment method needs to know where to return; throws ApiError 400. */
export function checkReturnUrl(intent: MethodChoice, returnUrl: string | undefined, noun: 'PaymentIntent' | 'SetupIntent'): void {
  const redirects = intent.automatic_payment_methods?.enabled === true && intent.automatic_payment_methods.allow_redirects !== 'never';
  if (!redirects || intent.allowed_payment_method_types !== null || returnUrl !== undefined) return;
  throw invalidRequest(
    `This ${noun} is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a \`return_url\`. If you don't want to accept redirect-based payment methods, set \`automatic_payment_methods[enabled]\` to \`true\` and \`automatic_payment_methods[allow_redirects]\` to \`never\` when creating Setup Intents and Payment Intents.`,
    { param: 'return_url' },
  );
}

/** Parameters of a confirmation make no sense on a create without `confirm`; throws ApiError 400. */
export function onlyWithConfirm<S extends Shape>(
  call: Call<S>,
  confirm: boolean | undefined,
  names: (keyof S & string)[],
  noun: string,
): void {
  if (confirm === true) return;
  const given = names.find((name) => call.params[name] !== undefined);
  if (given !== undefined) {
    throw invalidRequest(`The parameter \`${given}\` cannot be passed when creating a ${noun} unless \`confirm\` is set to true.`, {
      param: given,
    });
  }
}
