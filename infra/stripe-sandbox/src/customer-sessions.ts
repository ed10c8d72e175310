/** Customer sessions: what a payment sheet may do with one customer's cards, for half an hour. */
import type { Stripe } from 'stripe';
import { requireCustomer } from './customers.ts';
import { endpoint, ok, type Endpoint } from './endpoint.ts';
import { invalidRequest } from './errors.ts';
import { base62 } from './ids.ts';
import { flag, integer, list, object, oneOf, required, text } from './parameters.ts';
import { randomBytes } from 'node:crypto';

const LIFETIME_SECONDS = 30 * 60;

const SWITCH = oneOf('disabled', 'enabled');
const REDISPLAY = oneOf('always', 'limited', 'unspecified');
const FILTERS = list(REDISPLAY, 3);
const ENABLED = object({ enabled: required(flag()) });

const COMPONENTS = object({
  active_entitlements: ENABLED,
  buy_button: ENABLED,
  customer_portal: ENABLED,
  customer_sheet: object({
    enabled: required(flag()),
    features: object({ payment_method_allow_redisplay_filters: FILTERS, payment_method_remove: SWITCH }),
  }),
  mobile_payment_element: object({
    enabled: required(flag()),
    features: object({
      payment_method_allow_redisplay_filters: FILTERS,
      payment_method_redisplay: SWITCH,
      payment_method_remove: SWITCH,
      payment_method_save: SWITCH,
      payment_method_save_allow_redisplay_override: REDISPLAY,
    }),
  }),
  payment_element: object({
    enabled: required(flag()),
    features: object({
      payment_method_allow_redisplay_filters: FILTERS,
      payment_method_redisplay: SWITCH,
      payment_method_redisplay_limit: integer({ min: 1, max: 10 }),
      payment_method_remove: SWITCH,
      payment_method_save: SWITCH,
      payment_method_save_usage: oneOf('off_session', 'on_session'),
    }),
  }),
  pricing_table: ENABLED,
});

type Components = ReturnType<typeof COMPONENTS.read>;

/** Stripe's defaults where a component is on and a feature was left out: nothing is saved or removed that was not asked for. */
function componentsOf(given: Components): Stripe.CustomerSession.Components {
  const { customer_sheet: sheet, mobile_payment_element: mobile, payment_element: element } = given;
  return {
    active_entitlements: { enabled: given.active_entitlements?.enabled ?? false },
    buy_button: { enabled: given.buy_button?.enabled ?? false },
    customer_portal: { enabled: given.customer_portal?.enabled ?? false },
    customer_sheet: {
      enabled: sheet?.enabled ?? false,
      features:
        sheet?.enabled === true
          ? {
              payment_method_allow_redisplay_filters: sheet.features?.payment_method_allow_redisplay_filters ?? ['always'],
              payment_method_remove: sheet.features?.payment_method_remove ?? 'disabled',
            }
          : null,
    },
    mobile_payment_element: {
      enabled: mobile?.enabled ?? false,
      features:
        mobile?.enabled === true
          ? {
              payment_method_allow_redisplay_filters: mobile.features?.payment_method_allow_redisplay_filters ?? ['always'],
              payment_method_redisplay: mobile.features?.payment_method_redisplay ?? 'disabled',
              payment_method_remove: mobile.features?.payment_method_remove ?? 'disabled',
              payment_method_save: mobile.features?.payment_method_save ?? 'disabled',
              payment_method_save_allow_redisplay_override: mobile.features?.payment_method_save_allow_redisplay_override ?? null,
            }
          : null,
    },
    payment_element: {
      enabled: element?.enabled ?? false,
      features:
        element?.enabled === true
          ? {
              payment_method_allow_redisplay_filters: element.features?.payment_method_allow_redisplay_filters ?? ['always'],
              payment_method_redisplay: element.features?.payment_method_redisplay ?? 'disabled',
              payment_method_redisplay_limit: element.features?.payment_method_redisplay_limit ?? 3,
              payment_method_remove: element.features?.payment_method_remove ?? 'disabled',
              payment_method_save: element.features?.payment_method_save ?? 'disabled',
              payment_method_save_usage: element.features?.payment_method_save_usage ?? null,
            }
          : null,
    },
    pricing_table: { enabled: given.pricing_table?.enabled ?? false },
  };
}

export const customerSessionEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/customer_sessions', { components: required(COMPONENTS), customer: required(text()) }, ({ tx, params, now }) => {
    const { object: customer } = requireCustomer(tx, params.customer, { param: 'customer' });
    const components = componentsOf(params.components);
    if (!Object.values(components).some(({ enabled }) => enabled)) {
      throw invalidRequest('You must enable at least one component.', { param: 'components' });
    }
    const created = Math.floor(now.getTime() / 1000);
    const session: Stripe.CustomerSession = {
      object: 'customer_session',
      client_secret: `cuss_secret_${base62(randomBytes(40))}`,
      components,
      created,
      customer: customer.id,
      customer_account: null,
      expires_at: created + LIFETIME_SECONDS,
      livemode: false,
    };
    return ok(session);
  }),
];
