/** What a connected account may do, from how far its onboarding is. Nothing else sets capabilities, requirements or the enabled flags. */
import type { Stripe } from 'stripe';
import type { AccountRecord, Onboarding } from './records.ts';
import type { Transaction } from './store.ts';

export const CAPABILITIES = ['card_payments', 'transfers'] as const;

type Capability = (typeof CAPABILITIES)[number];

const CAPABILITY_STATUS = {
  open: 'inactive',
  pending: 'pending',
  complete: 'active',
  restricted: 'inactive',
} as const satisfies Record<Onboarding, string>;

const DISABLED_REASON = {
  open: 'requirements.past_due',
  pending: 'requirements.pending_verification',
  complete: null,
  restricted: 'requirements.past_due',
} as const satisfies Record<Onboarding, Stripe.Account.Requirements.DisabledReason | null>;

const FIRST_REQUIREMENTS = [
  'business_profile.product_description',
  'business_type',
  'external_account',
  'representative.first_name',
  'representative.last_name',
  'tos_acceptance.date',
  'tos_acceptance.ip',
];

/** What a restricted account is asked for again. */
const RESTRICTION = ['individual.verification.document'];

function requirementsOf(onboarding: Onboarding): Stripe.Account.Requirements {
  const due = { open: FIRST_REQUIREMENTS, pending: [], complete: [], restricted: RESTRICTION }[onboarding];
  return {
    alternatives: [],
    current_deadline: null,
    currently_due: due,
    disabled_reason: DISABLED_REASON[onboarding],
    errors:
      onboarding === 'restricted'
        ? RESTRICTION.map((requirement) => ({
            code: 'verification_document_expired',
            reason: 'The document has expired.',
            requirement,
          }))
        : [],
    eventually_due: due,
    past_due: due,
    pending_verification: onboarding === 'pending' ? RESTRICTION : [],
  };
}

/** The account as it is at this point of its onboarding, with these capabilities requested. */
export function accountAt(account: Stripe.Account, onboarding: Onboarding, requested: readonly Capability[]): Stripe.Account {
  const status = CAPABILITY_STATUS[onboarding];
  return {
    ...account,
    capabilities: Object.fromEntries(requested.map((name) => [name, status])),
    charges_enabled: onboarding === 'complete' && requested.includes('card_payments'),
    details_submitted: onboarding !== 'open',
    payouts_enabled: onboarding === 'complete',
    requirements: requirementsOf(onboarding),
  };
}

/** The capabilities that were asked for. */
export function requestedOf(account: Stripe.Account): Capability[] {
  return CAPABILITIES.filter((name) => account.capabilities?.[name] !== undefined);
}

/** Writes the account at a new point of its onboarding. */
export function moveOnboarding(tx: Transaction, record: AccountRecord, onboarding: Onboarding): Stripe.Account {
  const object = accountAt(record.object, onboarding, requestedOf(record.object));
  tx.put('account', object.id, { ...record, object, onboarding });
  return object;
}

/** True where money may be sent to the account. */
export function takesTransfers(account: Stripe.Account): boolean {
  return account.capabilities?.transfers === 'active';
}
