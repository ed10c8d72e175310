/**
 * What the SDK's API version (`2026-10-28.endive`, the sandbox's) has and the judges' older one (`2026-08-26.dahlia`) has not, or
 * the other way round: only what Vitrine's calls meet. A complete run fails on an entry that nothing needs any more.
 */
import type { KnownDifference } from './stripe-judge.ts';

export const knownDifferences: readonly KnownDifference[] = [
  {
    text: 'POST /v1/setup_intents/{intent}/confirm payment_method_data[card]',
    why: "What Stripe's own card form sends with a publishable key. The document has the server's parameters only, without card numbers.",
  },
  {
    text: 'POST /v1/setup_intents/{intent}/confirm payment_method_data[type]',
    why: 'It is `card` then, which the document leaves out as well.',
  },
  { text: 'charge.source: is not in the schema', why: 'The SDK has it on every charge; null without the old Sources API.' },
  { text: 'payment_intent.source: is not in the schema', why: 'As on a charge.' },
  { text: 'payment_intent.payment_record: is not in the schema', why: 'New in the version of the SDK; null without payment records.' },
  {
    text: 'charge.payment_method_details.card.electronic_commerce_indicator: is not in the schema',
    why: 'The SDK has it on the card itself, the judges below its 3-D Secure details only.',
  },
  {
    text: 'account.business_profile.specified_commercial_transactions_act_url: is not in the schema',
    why: 'New in the version of the SDK; null outside Japan.',
  },
  {
    text: 'account.settings.payments.statement_descriptor_prefix_kana: is not in the schema',
    why: 'The SDK has it beside the one of cards; null outside Japan.',
  },
  {
    text: 'account.settings.payments.statement_descriptor_prefix_kanji: is not in the schema',
    why: 'As for kana.',
  },
  { text: 'dispute.intended_submission_method: is not in the schema', why: 'New in the version of the SDK.' },
  { text: 'dispute.evidence_details.submission_method: is not in the schema', why: 'New in the version of the SDK.' },
];
