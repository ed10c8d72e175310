/** The evidence of a dispute: the fields that Stripe takes, and what a dispute starts with. */
import type { Stripe } from 'stripe';
import { clearableText, object, type Values } from './parameters.ts';

const FIELD_LENGTH = 20_000;

const FIELDS = {
  access_activity_log: clearableText(FIELD_LENGTH),
  billing_address: clearableText(FIELD_LENGTH),
  cancellation_policy: clearableText(),
  cancellation_policy_disclosure: clearableText(FIELD_LENGTH),
  cancellation_rebuttal: clearableText(FIELD_LENGTH),
  customer_communication: clearableText(),
  customer_email_address: clearableText(FIELD_LENGTH),
  customer_name: clearableText(FIELD_LENGTH),
  customer_purchase_ip: clearableText(FIELD_LENGTH),
  customer_signature: clearableText(),
  duplicate_charge_documentation: clearableText(),
  duplicate_charge_explanation: clearableText(FIELD_LENGTH),
  duplicate_charge_id: clearableText(FIELD_LENGTH),
  product_description: clearableText(FIELD_LENGTH),
  receipt: clearableText(),
  refund_policy: clearableText(),
  refund_policy_disclosure: clearableText(FIELD_LENGTH),
  refund_refusal_explanation: clearableText(FIELD_LENGTH),
  service_date: clearableText(FIELD_LENGTH),
  service_documentation: clearableText(),
  shipping_address: clearableText(FIELD_LENGTH),
  shipping_carrier: clearableText(FIELD_LENGTH),
  shipping_date: clearableText(FIELD_LENGTH),
  shipping_documentation: clearableText(),
  shipping_tracking_number: clearableText(FIELD_LENGTH),
  uncategorized_file: clearableText(),
  uncategorized_text: clearableText(FIELD_LENGTH),
};

export const EVIDENCE_PARAM = object(FIELDS);

export const NO_EVIDENCE: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

/** The evidence with what was given; an empty text takes a field back. */
export function withEvidence(present: Stripe.Dispute.Evidence, given: Values<typeof FIELDS>): Stripe.Dispute.Evidence {
  const fields = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...present, ...Object.fromEntries(fields) };
}
