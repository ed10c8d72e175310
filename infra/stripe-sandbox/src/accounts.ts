/** Connected accounts: create, retrieve, update, delete, list. How one becomes able to take money is in `account-state.ts`. */
import type { Stripe } from 'stripe';
import { accountAt, CAPABILITIES, requestedOf, takesTransfers } from './account-state.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { ApiError, invalidRequest, noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { clearableText, flag, mergeMetadata, metadata, object, oneOf, text, type Values } from './parameters.ts';
import type { AccountRecord } from './records.ts';
import type { Transaction } from './store.ts';

const CAPABILITY = object({ requested: flag() });

const FIELDS = {
  business_profile: object({
    mcc: text(4),
    name: clearableText(),
    product_description: clearableText(40_000),
    support_email: clearableText(),
    support_phone: clearableText(),
    support_url: clearableText(),
    url: clearableText(),
  }),
  business_type: oneOf('company', 'government_entity', 'individual', 'non_profit'),
  capabilities: object({ card_payments: CAPABILITY, transfers: CAPABILITY }),
  default_currency: text(3),
  email: clearableText(800),
  metadata: metadata(),
};

const CREATE_FIELDS = {
  ...FIELDS,
  controller: object({
    fees: object({ payer: oneOf('account', 'application') }),
    losses: object({ payments: oneOf('application', 'stripe') }),
    requirement_collection: oneOf('application', 'stripe'),
    stripe_dashboard: object({ type: oneOf('express', 'full', 'none') }),
  }),
  country: text(2),
  type: oneOf('custom', 'express', 'standard'),
};

/** Stripe does not tell an account that is missing from one of somebody else: both are 403. */
function noAccess(id: string): ApiError {
  return new ApiError(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key does not have access to account '${id.slice(0, 60)}' (or that account does not exist). Application access may have been revoked.`,
  });
}

/** The account of a path; throws ApiError 403. */
export function requireAccount(tx: Transaction, id: string): AccountRecord {
  const record = tx.get('account', id);
  if (record === undefined || record.deleted) throw noAccess(id);
  return record;
}

/** The account that money is to be sent to; throws ApiError 400 where it is missing or may not take transfers. */
export function requireDestination(tx: Transaction, id: string, param: string): Stripe.Account {
  const record = tx.get('account', id);
  if (record === undefined || record.deleted) throw noSuch('destination', id, { param });
  if (!takesTransfers(record.object)) {
    throw invalidRequest(
      'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
      { code: 'insufficient_capabilities_for_transfer' },
    );
  }
  return record.object;
}

const CONTROLLER_OF_TYPE = {
  custom: { payer: 'application_custom', losses: 'application', collection: 'application', dashboard: 'none' },
  express: { payer: 'application_express', losses: 'application', collection: 'stripe', dashboard: 'express' },
  standard: { payer: 'account', losses: 'stripe', collection: 'stripe', dashboard: 'full' },
} as const;

function controllerOf(params: Values<typeof CREATE_FIELDS>): Stripe.Account.Controller {
  const { controller, type } = params;
  if (controller !== undefined && type !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: type, controller.', {
      code: 'parameters_exclusive',
      param: 'type',
    });
  }
  const defaults = CONTROLLER_OF_TYPE[type ?? 'standard'];
  return {
    type: 'application',
    is_controller: true,
    fees: { payer: controller?.fees?.payer ?? defaults.payer },
    losses: { payments: controller?.losses?.payments ?? defaults.losses },
    requirement_collection: controller?.requirement_collection ?? defaults.collection,
    stripe_dashboard: { type: controller?.stripe_dashboard?.type ?? defaults.dashboard },
  };
}

function newAccount(params: Values<typeof CREATE_FIELDS>, now: number): Stripe.Account {
  const id = newId('acct');
  return {
    id,
    object: 'account',
    business_profile: {
      annual_revenue: null,
      estimated_worker_count: null,
      mcc: null,
      minority_owned_business_designation: null,
      name: null,
      product_description: null,
      specified_commercial_transactions_act_url: null,
      support_address: null,
      support_email: null,
      support_phone: null,
      support_url: null,
      url: null,
    },
    business_type: null,
    capabilities: {},
    charges_enabled: false,
    controller: controllerOf(params),
    country: (params.country ?? 'US').toUpperCase(),
    created: now,
    default_currency: 'usd',
    details_submitted: false,
    email: null,
    external_accounts: { object: 'list', data: [], has_more: false, url: `/v1/accounts/${id}/external_accounts` },
    future_requirements: {
      alternatives: [],
      current_deadline: null,
      currently_due: [],
      disabled_reason: null,
      errors: [],
      eventually_due: [],
      past_due: [],
      pending_verification: [],
    },
    metadata: {},
    payouts_enabled: false,
    settings: {
      branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
      card_payments: {
        statement_descriptor_prefix: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      dashboard: { display_name: null, timezone: 'Etc/UTC' },
      payments: {
        statement_descriptor: null,
        statement_descriptor_kana: null,
        statement_descriptor_kanji: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      payouts: { debit_negative_balances: true, schedule: { delay_days: 2, interval: 'daily' }, statement_descriptor: null },
    },
    tos_acceptance: { date: null, ip: null, user_agent: null },
    type: params.controller === undefined ? (params.type ?? 'standard') : 'none',
  };
}

function changed(
  { object: account, onboarding }: Pick<AccountRecord, 'object' | 'onboarding'>,
  params: Values<typeof FIELDS>,
): Stripe.Account {
  const before = new Set(requestedOf(account));
  const requested = CAPABILITIES.filter((name) => params.capabilities?.[name]?.requested ?? before.has(name));
  const profile = account.business_profile;
  return accountAt(
    {
      ...account,
      business_profile:
        profile === null || profile === undefined
          ? profile
          : { ...profile, ...Object.fromEntries(Object.entries(params.business_profile ?? {}).filter(([, value]) => value !== undefined)) },
      business_type: params.business_type ?? account.business_type,
      default_currency: params.default_currency?.toLowerCase() ?? account.default_currency,
      email: params.email === undefined ? account.email : params.email,
      metadata: mergeMetadata(account.metadata ?? {}, params.metadata),
    },
    onboarding,
    requested,
  );
}

export const accountEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/accounts', CREATE_FIELDS, ({ tx, params, now }) => {
    const created = newAccount(params, Math.floor(now.getTime() / 1000));
    const account = changed({ object: created, onboarding: 'open' }, params);
    tx.put('account', account.id, { object: account, deleted: false, onboarding: 'open' });
    return ok(account);
  }),
  endpoint('GET', '/v1/accounts', { ...PAGE, ...CREATED }, ({ tx, params }) => {
    const found = tx
      .list('account')
      .filter(({ object: account, deleted }) => !deleted && createdWithin(account.created ?? 0, params.created))
      .map(({ object: account }) => account);
    return ok(page(found, '/v1/accounts', 'account', params));
  }),
  endpoint('GET', '/v1/accounts/:id', {}, ({ tx, path }) => ok(requireAccount(tx, idIn(path)).object)),
  endpoint('POST', '/v1/accounts/:id', FIELDS, ({ tx, path, params }) => {
    const record = requireAccount(tx, idIn(path));
    const account = changed(record, params);
    tx.put('account', account.id, { ...record, object: account });
    return ok(account);
  }),
  endpoint('DELETE', '/v1/accounts/:id', {}, ({ tx, path }) => {
    const record = requireAccount(tx, idIn(path));
    const { id } = record.object;
    tx.put('account', id, { ...record, deleted: true });
    return ok({ id, object: 'account', deleted: true });
  }),
];
