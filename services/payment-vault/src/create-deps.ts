/** Puts together what the use cases are given: stores on one pool, keys, and one connection to Stripe. */
import type { Pool, Queryable } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import { createBuyerKeys } from './buyer-keys.ts';
import { createCardLimits, type CardAllowances } from './card-limits.ts';
import { isLiveKey, type Config } from './config.ts';
import type { Deps } from './deps.ts';
import type { KeyService } from './key-service.ts';
import { createAddressStore } from './store/addresses.ts';
import { createCardNewsStore } from './store/card-news.ts';
import { createCardStore } from './store/cards.ts';
import { createConsentStore } from './store/consents.ts';
import { createDeletionStore } from './store/deletions.ts';
import { createDisclosureStore } from './store/disclosures.ts';
import { createDisputeStore, disputedMinor } from './store/disputes.ts';
import { createExportStore } from './store/export.ts';
import { createGrantStore } from './store/grants.ts';
import { createKeyStore } from './store/keys.ts';
import { createMarketingStore } from './store/marketing.ts';
import { createPaymentRecordStore } from './store/payment-records.ts';
import { createPaymentStore } from './store/payments.ts';
import { createPermissionStore } from './store/permissions.ts';
import { createPurchaseReads } from './store/purchase-reads.ts';
import { createRefundStore } from './store/refunds.ts';
import { createSellerAccountStore } from './store/seller-accounts.ts';
import { createShareStore } from './store/shares.ts';
import { createStripeEventStore } from './store/stripe-events.ts';
import { createUnsavedStore } from './store/unsaved.ts';
import { createStripeCaller } from './stripe-call.ts';
import { createStripeCards } from './stripe-cards.ts';
import { createStripeConnect } from './stripe-connect.ts';
import { createStripeNews } from './stripe-news.ts';
import { createStripePayments } from './stripe-payments.ts';
import { createStripeRefunds } from './stripe-refunds.ts';

export function createDeps(options: {
  readonly config: Pick<
    Config,
    'STRIPE_SECRET_KEY' | 'STRIPE_PUBLISHABLE_KEY' | 'STRIPE_API_BASE' | 'STRIPE_WEBHOOK_SECRETS' | 'PARTNER_DASHBOARD_URL'
  >;
  readonly cardAllowances: CardAllowances;
  readonly pool: Pool;
  /** For the statements of a purchase, which are transactions by themselves; the pool when absent. */
  readonly pipeline?: Queryable;
  /** With the role of the wrapped data keys. */
  readonly keysPool: Pool;
  readonly keyService: KeyService;
  readonly logger: Logger;
  readonly wakeRelay: () => void;
  /** Wake loops; nothing when absent, and they come by themselves. */
  readonly wakeInbox?: () => void;
  readonly wakeSettling?: () => void;
  readonly now?: () => Date;
}): { readonly deps: Deps; readonly close: () => Promise<void> } {
  const { config, pool, keyService, logger, wakeRelay, now = () => new Date() } = options;
  const cardLimits = createCardLimits(pool, options.cardAllowances);
  const pipeline = options.pipeline ?? pool;
  const caller = createStripeCaller({ secretKey: config.STRIPE_SECRET_KEY, apiBase: config.STRIPE_API_BASE, logger });
  const keyStore = createKeyStore(options.keysPool);
  const keys = createBuyerKeys({ store: keyStore, keyService, now: () => now().getTime() });
  return {
    deps: {
      pool,
      payments: createPaymentStore(pipeline),
      paymentRecords: createPaymentRecordStore(pool),
      refunds: createRefundStore(pool),
      shares: createShareStore(pipeline),
      sellerAccounts: createSellerAccountStore(pool),
      disputedMinor: (orderId) => disputedMinor(pool, orderId),
      purchaseReads: createPurchaseReads(pipeline),
      cards: createCardStore(pool),
      cardLimits,
      cardNews: createCardNewsStore(pool),
      addresses: createAddressStore(pool),
      consents: createConsentStore(pool),
      unsaved: createUnsavedStore(pool),
      disclosures: createDisclosureStore(pool),
      grants: createGrantStore(pool),
      permissions: createPermissionStore(pool),
      marketing: createMarketingStore(pool),
      deletions: createDeletionStore(pool),
      exports: createExportStore(pool),
      disputes: createDisputeStore(pool),
      stripeEvents: createStripeEventStore(pipeline),
      keys,
      rotation: { keyStore, keyService },
      stripeCards: createStripeCards(caller),
      stripePayments: createStripePayments(caller),
      stripeRefunds: createStripeRefunds(caller),
      stripeConnect: createStripeConnect(caller),
      stripeNews: createStripeNews(caller),
      logger,
      now,
      wakeRelay,
      wakeInbox: options.wakeInbox ?? (() => {}),
      wakeSettling: options.wakeSettling ?? (() => {}),
      stripeWebhookSecrets: config.STRIPE_WEBHOOK_SECRETS,
      stripeIsLive: isLiveKey(config.STRIPE_SECRET_KEY),
      stripePublishableKey: config.STRIPE_PUBLISHABLE_KEY,
      stripeApiBase: config.STRIPE_API_BASE,
      partnerDashboardUrl: config.PARTNER_DASHBOARD_URL,
    },
    close: async () => {
      await cardLimits.stop();
      keys.close();
      await caller.close();
    },
  };
}
