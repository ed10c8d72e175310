/** Breaks of the vault, the Stripe sandbox and the gateway's guard: each takes away one promise about money or personal data. */
import type { Edit, Mutation } from './mutation.ts';

const source = (file: string): string => `services/payment-vault/src/${file}`;
const vaultTest = (file: string): string => `services/payment-vault/tests/${file}.test.ts`;

/** Who may read an order's address is asked twice: before its key is opened, and in the statement that writes the ledger. */
const readers = (grants: string, payments: string): Edit[] =>
  [`from order_addresses a\n${' '.repeat(17)}`, `a.order_id = asked.order_id\n${' '.repeat(19)}`].map((before) => {
    const [, indent = ''] = /\n( +)$/.exec(before) ?? [];
    const joined = (g: string, p: string) =>
      `${before}join grants g on g.order_id = a.order_id${g}\n${indent}join payments p on p.order_id = a.order_id${p}`;
    return {
      file: source('store/disclosures.ts'),
      find: joined(' and g.seller_id = $1 and g.expires_at > now()', " and p.seller_id = $1 and p.status = 'captured'"),
      replace: joined(grants, payments),
    };
  });

export const vaultMutations: readonly Mutation[] = [
  // Keys and unknown outcomes.
  {
    name: 'key-not-persisted',
    edits: [
      {
        file: source('change-intent.ts'),
        find: "    if (mustRequest && !(await payments.request(orderId, leaseToken, change, key))) return { kind: 'unknown' };\n",
        replace: '',
      },
      {
        file: source('store/payment-groups.ts'),
        find: 'capture_requested_at = now(), capture_key = i.key, capture_minor = coalesce(i.amount, p.amount_minor),',
        replace: '',
      },
    ],
    caughtBy: {
      file: vaultTest('captures-and-voids.int'),
      test: 'is refused as a conflict, also before it is known to have happened',
    },
  },
  {
    name: 'refund-key-not-persisted',
    edits: [
      {
        file: source('make-refund.ts'),
        find: '      if (!(await refunds.markSent(current, leaseToken, next.key))) return usual;\n',
        replace: '',
      },
    ],
    caughtBy: { file: vaultTest('refunds.int'), test: 'a refund whose key Stripe has forgotten is looked for before another key is taken' },
  },
  {
    name: 'fresh-key-on-each-try',
    edits: [
      {
        file: source('authorize-payment.ts'),
        find: 'deps.stripePayments.authorize(held, held.authorizeKey, budget)',
        replace: 'deps.stripePayments.authorize(held, randomUUID(), budget)',
      },
    ],
    caughtBy: { file: vaultTest('authorizations.int'), test: 'an authorization is made once when Stripe fails with lose_response' },
  },
  {
    name: 'unknown-outcome-taken-for-a-failure',
    edits: [
      {
        file: source('authorize-payment.ts'),
        find: "return outcome.replayed ? lookUp(deps, held, budget, true) : { kind: 'unknown', neverSent: false };",
        replace: "return { kind: 'refused', reason: 'PROCESSING_ERROR', mayAppear: false };",
      },
    ],
    caughtBy: { file: vaultTest('authorizations.int'), test: 'an authorization is made once when Stripe fails with lose_response' },
  },
  {
    name: 'forgotten-key-authorizes-again',
    edits: [
      {
        file: source('authorize-payment.ts'),
        find: 'if (held.stripePaymentIntentId !== null || sentLongAgo)',
        replace: 'if (held.stripePaymentIntentId !== null)',
      },
    ],
    caughtBy: { file: vaultTest('authorizations.int'), test: 'an authorization is looked for and never sent again' },
  },
  {
    name: 'capture-sent-again-without-a-look',
    edits: [{ file: source('change-intent.ts'), find: '    mustLook = true;\n', replace: '' }],
    caughtBy: { file: vaultTest('captures-and-voids.int'), test: 'whose answer is lost is looked at before it is sent again' },
  },
  {
    name: 'refund-sent-again-without-a-look',
    edits: [{ file: source('make-refund.ts'), find: 'let mustLook = !isNew;', replace: 'let mustLook = false;' }],
    caughtBy: { file: vaultTest('refunds.int'), test: 'a refund whose key Stripe has forgotten is looked for before another key is taken' },
  },
  {
    name: 'share-step-sent-again-without-a-look',
    edits: [{ file: source('take-share-step.ts'), find: 'let mustLook = !isNew;', replace: 'let mustLook = false;' }],
    caughtBy: { file: vaultTest('payouts.int'), test: 'whose key Stripe has forgotten is looked for before another key is taken' },
  },
  {
    name: 'spent-key-replaced-too-early',
    edits: [
      { file: source('key-to-send.ts'), find: 'return waitMs > 0 ? { waitMs } :', replace: 'return waitMs > lateEffectMs ? { waitMs } :' },
    ],
    caughtBy: { file: vaultTest('refunds.int'), test: 'and not before the first can have no effect' },
  },
  {
    name: 'address-key-not-persisted-with-payment',
    edits: [
      {
        file: source('store/payment-groups.ts'),
        find: `insert into order_addresses (order_id, buyer_id, ciphertext, key_version)
             select order_id, i.buyer_id,`,
        replace: 'select order_id, i.buyer_id,',
      },
    ],
    caughtBy: { file: vaultTest('authorizations.int'), test: 'holds the total once, publishes it, and keeps the address for the order' },
  },

  // Leases and limits.
  {
    name: 'capture-without-lease',
    edits: [
      {
        file: source('store/payments.ts'),
        find: 'and payment_id is not null and status = any($3) and ${isFree}',
        replace: 'and payment_id is not null and status = any($3)',
      },
    ],
    caughtBy: { file: vaultTest('captures-and-voids.int'), test: 'a capture of many at the same time takes it once' },
  },
  {
    name: 'first-capture-without-lease',
    edits: [
      {
        file: source('store/payment-groups.ts'),
        find: 'and p.capture_key is null and p.capture_minor is null and p.stripe_payment_intent_id is not null',
        replace: 'and p.stripe_payment_intent_id is not null',
      },
      {
        file: source('store/payment-groups.ts'),
        find: 'and (p.leased_until is null or p.leased_until < now())',
        replace: '',
      },
    ],
    caughtBy: { file: vaultTest('captures-and-voids.int'), test: 'a capture of many at the same time takes it once' },
  },
  {
    name: 'authorization-lease-ignored',
    edits: [
      {
        file: source('store/payments.ts'),
        find: 'and payment_id is not null and status = any($3) and ${isFree}',
        replace: 'and payment_id is not null and status = any($3)',
      },
    ],
    caughtBy: { file: vaultTest('authorizations.int'), test: 'before Stripe was called leaves an order that can be authorized, once' },
  },
  {
    name: 'late-holder-writes-all-the-same',
    edits: [
      {
        file: source('store/payment-groups.ts'),
        find: 'where p.order_id = i.order_id and p.lease_token = i.lease_token and p.sequence = i.sequence',
        replace: 'where p.order_id = i.order_id and p.sequence = i.sequence',
      },
    ],
    caughtBy: { file: vaultTest('authorizations.int'), test: 'until that runs out, and then writes nothing any more' },
  },
  {
    name: 'refund-limit-unchecked',
    edits: [{ file: source('store/refunds.ts'), find: ' and refund_reserved_minor + $3 <= captured_minor', replace: '' }],
    caughtBy: { file: vaultTest('refunds.int'), test: 'of a part leaves the rest refundable, and no more than that' },
  },
  {
    name: 'refund-reserves-nothing',
    edits: [
      {
        file: source('store/refunds.ts'),
        find: 'set refund_reserved_minor = refund_reserved_minor + $3, updated_at = now()\n                    where',
        replace: 'set updated_at = now()\n                    where',
      },
    ],
    caughtBy: { file: vaultTest('refunds.int'), test: 'of twenty parts together never exceed what was captured' },
  },
  {
    name: 'capture-of-more-than-is-authorized',
    edits: [
      {
        file: source('capture-payment.ts'),
        find: "return askedMinor > amountMinor ? { status: 'not_capturable', reason: 'EXCEEDS_AUTHORIZED' } : null;",
        replace: 'return null;',
      },
    ],
    caughtBy: { file: vaultTest('captures-and-voids.int'), test: 'of more than is authorized is refused' },
  },
  {
    name: 'void-wish-ignored-by-a-late-authorization',
    edits: [{ file: source('conclude-authorization.ts'), find: '        unlessVoidRequested: true,\n', replace: '' }],
    caughtBy: {
      file: vaultTest('captures-and-voids.int'),
      test: 'that comes while Stripe is being asked waits for the answer and undoes it',
    },
  },
  {
    name: 'late-intent-left-authorized',
    edits: [
      {
        file: source('settle-payments.ts'),
        find: '      await endLateIntent(deps, held, leaseToken, budget);\n',
        replace: '      await deps.payments.release(held.orderId, leaseToken, { settleInMs: null });\n',
      },
    ],
    caughtBy: { file: vaultTest('captures-and-voids.int'), test: 'cancels an intent that Stripe makes only after the void' },
  },
  {
    name: 'failed-challenge-left-open-at-stripe',
    edits: [
      {
        file: source('conclude-authorization.ts'),
        find: "if (held.status === 'requires_action') {",
        replace: "if (held.status === 'authorized') {",
      },
    ],
    caughtBy: { file: vaultTest('authorizations.int'), test: 'and nothing can be authorized with its secret afterwards' },
  },
  {
    name: 'share-not-taken-back-on-refund',
    edits: [{ file: source('store/refunds.ts'), find: '  if (refunded !== 0) await wakeShare(transaction, orderId);\n', replace: '' }],
    caughtBy: { file: vaultTest('payouts.int'), test: 'is taken back by the loop alone when the order is refunded' },
  },

  // What is published.
  {
    name: 'payment-event-left-out',
    edits: [
      {
        file: source('store/payment-groups.ts'),
        find: 'where i.event_id is not null',
        replace: 'where false',
      },
    ],
    caughtBy: { file: vaultTest('authorizations.int'), test: 'an authorization holds the total once, publishes it' },
  },
  {
    name: 'refund-event-left-out',
    edits: [{ file: source('store/refunds.ts'), find: 'if (event !== null) await appendEvents(transaction, [event]);', replace: '' }],
    caughtBy: { file: vaultTest('refunds.int'), test: 'of the whole amount is made once, however often it is asked for, and told of' },
  },

  // What Stripe sends.
  {
    name: 'webhook-signature-unchecked',
    edits: [
      {
        file: source('receive-webhook.ts'),
        find: 'if (!isForged) return {};',
        replace: "return isForged ? JSON.parse(body.toString('utf8')) : {};",
      },
    ],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'a signature by another secret, none, or one over other bytes stores nothing' },
  },
  {
    name: 'webhook-age-unchecked',
    edits: [{ file: source('receive-webhook.ts'), find: 'const toleranceSeconds = 300;', replace: 'const toleranceSeconds = 0;' }],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'a signature of more than five minutes ago stores nothing' },
  },
  {
    name: 'webhook-of-live-mode-taken',
    edits: [{ file: source('receive-webhook.ts'), find: 'if (read.livemode !== deps.stripeIsLive)', replace: 'if (deps.stripeIsLive)' }],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'an event of live mode is refused where the key is a test key' },
  },
  {
    name: 'inbox-dedupe-removed',
    edits: [{ file: source('store/stripe-events.ts'), find: 'on conflict (event_id) do nothing', replace: '' }],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'twenty deliveries of one event at once are one event' },
  },
  {
    name: 'inbox-takes-known-events-for-new',
    edits: [
      {
        file: source('store/stripe-events.ts'),
        find: 'on conflict (event_id) do nothing',
        replace: 'on conflict (event_id) do update set applied_at = null, next_attempt_at = now()',
      },
    ],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'a capture in the dashboard and a dispute are found all the same, once' },
  },
  {
    name: 'unapplied-event-marked-as-applied',
    edits: [
      {
        file: source('apply-stripe-events.ts'),
        find: 'waiting.filter((_event, index) => done[index])',
        replace: 'waiting.filter(() => done.length > 0)',
      },
    ],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'what Stripe cannot tell at the moment is asked again, and not taken for applied' },
  },
  {
    name: 'event-wakes-nothing',
    edits: [
      {
        file: source('apply-stripe-events.ts'),
        find: 'if (orderId !== null) await deps.payments.wake({ orderId }, unlessIn);',
        replace: 'if (orderId !== null) return;',
      },
    ],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'in the dashboard is taken in from one event, delivered three times' },
  },
  {
    name: 'half-read-list-taken-for-read',
    edits: [
      {
        file: source('poll-stripe-events.ts'),
        find: 'finishReading(isComplete ? startedAt : null)',
        replace: 'finishReading(new Date(startedAt.getTime() + 3_600_000))',
      },
    ],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'a list that cannot be read to its end is read from the same time again' },
  },
  {
    name: 'pulled-card-still-usable',
    edits: [
      {
        file: source('apply-stripe-events.ts'),
        find: 'if (card === null) await deps.cardNews.withdrawCard(stripePaymentMethodId);',
        replace: 'if (card === null) return true;',
      },
    ],
    caughtBy: { file: vaultTest('webhooks.int'), test: 'a card that was detached there cannot be used' },
  },

  // Personal data.
  {
    name: 'address-not-bound-to-its-row',
    edits: [
      {
        file: source('sealed-address.ts'),
        find: "['payment-vault', table, buyerId, rowId, String(keyVersion)].join('|')",
        replace: "'payment-vault'",
      },
    ],
    caughtBy: { file: vaultTest('keys.unit'), test: 'a sealed address opens in its own place only' },
  },
  {
    name: 'address-not-bound-to-its-row-in-the-database',
    edits: [
      {
        file: source('sealed-address.ts'),
        find: "['payment-vault', table, buyerId, rowId, String(keyVersion)].join('|')",
        replace: "'payment-vault'",
      },
    ],
    caughtBy: { file: vaultTest('addresses.int'), test: 'ciphertext moved to another row or another buyer does not open' },
  },
  {
    name: 'grant-unchecked-on-disclosure',
    edits: readers(' and g.seller_id = $1', " and p.seller_id = $1 and p.status = 'captured'"),
    caughtBy: { file: vaultTest('disclosures.int'), test: 'is not shown any more when the grant is over' },
  },
  {
    name: 'disclosure-before-the-capture',
    edits: readers(' and g.seller_id = $1 and g.expires_at > now()', ' and p.seller_id = $1'),
    caughtBy: { file: vaultTest('disclosures.int'), test: 'is shown to its seller once the payment is captured' },
  },
  {
    name: 'ledger-row-not-written',
    edits: [
      {
        file: source('store/disclosures.ts'),
        find: `insert into disclosures (id, buyer_id, seller_id, order_id, purpose, fields, read_by)
                 select disclosure_id, buyer_id, $1, order_id, 'ORDER', string_to_array(fields, ' '), $5 from readable
                 returning id
`,
        replace: 'select disclosure_id as id from readable where $5::text is not null\n',
      },
    ],
    caughtBy: { file: vaultTest('disclosures.int'), test: 'each time with one row in the ledger that the buyer reads' },
  },
  {
    name: 'seller-unchecked-on-shipping-address',
    edits: readers(' and $1::text is not null and g.expires_at > now()', " and p.status = 'captured'"),
    caughtBy: { file: vaultTest('disclosures.int'), test: 'is shown to nobody else, and nothing is written then' },
  },
  {
    name: 'buyer-unchecked-on-order-address',
    edits: [
      {
        file: source('store/addresses.ts'),
        find: 'from order_addresses where order_id = any($2) and buyer_id = $1',
        replace: 'from order_addresses where order_id = any($2) and $1::text is not null',
      },
    ],
    caughtBy: { file: vaultTest('disclosures.int'), test: 'is shown to nobody else, and nothing is written then' },
  },
  {
    name: 'order-address-kept-after-void',
    edits: [
      {
        file: source('store/payment-groups.ts'),
        find: 'delete from order_addresses where order_id in (select order_id from ended)',
        replace: 'select from order_addresses where order_id in (select order_id from ended)',
      },
    ],
    caughtBy: { file: vaultTest('captures-and-voids.int'), test: 'lets the authorization go and forgets where the order would have gone' },
  },
  {
    name: 'card-not-detached-on-delete',
    edits: [
      {
        file: source('detach-cards.ts'),
        find: 'const outcome = await deps.stripeCards.detach(stripePaymentMethodId, stripeKey, budget);',
        replace: "const outcome = { kind: 'ok', replayed: false };",
      },
    ],
    caughtBy: { file: vaultTest('cards.int'), test: 'deleting a card lets it go at Stripe' },
  },
  {
    name: 'data-key-not-destroyed',
    edits: [
      {
        file: source('store/keys.ts'),
        find: 'update keys.data_keys set wrapped_key = null, destroyed_at = now() where owner_id = $1 and wrapped_key is not null',
        replace: 'update keys.data_keys set destroyed_at = destroyed_at where owner_id = $1',
      },
    ],
    caughtBy: { file: vaultTest('addresses.int'), test: 'ciphertext cannot be read by anyone once the key is destroyed' },
  },
  {
    name: 'destroyed-data-key-kept-in-memory',
    edits: [
      {
        file: source('buyer-keys.ts'),
        find: 'forgetBuyer(buyerId);\n      await store.destroy(buyerId);\n      // Once more: one that was being loaded meanwhile.\n      forgetBuyer(buyerId);',
        replace: 'await store.destroy(buyerId);',
      },
    ],
    caughtBy: { file: vaultTest('keys.unit'), test: 'are gone at once where they are destroyed' },
  },
  {
    name: 'key-file-opens-with-one-half',
    edits: [{ file: source('sealed-file.ts'), find: 'Buffer.concat([half1, half2])', replace: 'Buffer.concat([half1, half1])' }],
    caughtBy: { file: vaultTest('sealed-file.unit'), test: 'the key file opens with both halves, and with nothing less' },
  },
  {
    name: 'consent-to-an-old-text-taken',
    edits: [{ file: source('check-consent.ts'), find: 'text.version === given.textVersion ?', replace: "text.version !== '' ?" }],
    caughtBy: { file: vaultTest('saving.int'), test: 'to a text that is not shown any more stores nothing' },
  },
  {
    name: 'unsaved-card-kept',
    edits: [
      { file: source('sweep-unsaved.ts'), find: 'const cards = await deps.unsaved.sweepCards(batchSize);', replace: 'const cards = 0;' },
    ],
    caughtBy: { file: vaultTest('saving.int'), test: 'nothing of them is left, here or at Stripe, when the purchase is paid' },
  },

  // The gateway's guard, and the oracle of all money tests.
  {
    name: 'card-guard-off',
    edits: [
      {
        file: 'gateway/src/graphql-endpoint.ts',
        find: 'if (holdsCardData(given, graph.cardNumbers))',
        replace: 'if (given === undefined)',
      },
    ],
    caughtBy: { file: 'gateway/tests/card-data-guard.int.test.ts', test: 'on the buyer graph a card number is refused in a variable' },
  },
  {
    name: 'card-guard-blind-to-escapes',
    edits: [
      {
        file: 'gateway/src/card-data-guard.ts',
        find: "return typeof source === 'string' && source.includes",
        replace: "return typeof source === 'object' && source.includes",
      },
    ],
    caughtBy: {
      file: 'gateway/tests/card-data-guard.int.test.ts',
      test: 'on the buyer graph a card number is refused in a literal written with escapes',
    },
  },
  {
    name: 'sandbox-replays-nothing',
    edits: [
      {
        file: 'infra/stripe-sandbox/src/idempotency.ts',
        find: 'if (answer !== undefined && this.#now()',
        replace: 'if (answer !== undefined && account === undefined && this.#now()',
      },
    ],
    caughtBy: { file: 'infra/stripe-sandbox/tests/idempotency.int.test.ts', test: 'replay the stored status and body, mark the replay' },
  },
  {
    name: 'sandbox-takes-a-key-for-other-parameters',
    edits: [
      {
        file: 'infra/stripe-sandbox/src/idempotency.ts',
        find: "      if (answer.parameters !== request.parameters) return { kind: 'reused', difference: 'parameters' };\n",
        replace: '',
      },
    ],
    caughtBy: { file: 'infra/stripe-sandbox/tests/idempotency.int.test.ts', test: 'with other parameters or another endpoint are refused' },
  },
];
