/** What the use cases are given. */
import type { Pool } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { BuyerKeys } from './buyer-keys.ts';
import type { RotationDeps } from './rotate-master-key.ts';
import type { CardLimits } from './card-limits.ts';
import type { AddressStore } from './store/addresses.ts';
import type { CardNewsStore } from './store/card-news.ts';
import type { CardStore } from './store/cards.ts';
import type { ConsentStore } from './store/consents.ts';
import type { DeletionStore } from './store/deletions.ts';
import type { DisclosureStore } from './store/disclosures.ts';
import type { DisputeStore } from './store/disputes.ts';
import type { ExportStore } from './store/export.ts';
import type { GrantStore } from './store/grants.ts';
import type { MarketingStore } from './store/marketing.ts';
import type { PaymentRecordStore } from './store/payment-records.ts';
import type { PaymentStore } from './store/payments.ts';
import type { PermissionStore } from './store/permissions.ts';
import type { PurchaseReads } from './store/purchase-reads.ts';
import type { RefundStore } from './store/refunds.ts';
import type { SellerAccountStore } from './store/seller-accounts.ts';
import type { ShareStore } from './store/shares.ts';
import type { StripeEventStore } from './store/stripe-events.ts';
import type { UnsavedStore } from './store/unsaved.ts';
import type { StripeCards } from './stripe-cards.ts';
import type { StripeConnect } from './stripe-connect.ts';
import type { StripeNews } from './stripe-news.ts';
import type { StripePayments } from './stripe-payments.ts';
import type { StripeRefunds } from './stripe-refunds.ts';

export interface Deps {
  readonly pool: Pool;
  readonly payments: PaymentStore;
  readonly paymentRecords: PaymentRecordStore;
  readonly refunds: RefundStore;
  readonly shares: ShareStore;
  readonly sellerAccounts: SellerAccountStore;
  /** What the buyer's bank has taken back of an order, in minor units. A change of it wakes the order's share. */
  readonly disputedMinor: (orderId: string) => Promise<number>;
  readonly purchaseReads: PurchaseReads;
  readonly cards: CardStore;
  readonly cardLimits: CardLimits;
  readonly cardNews: CardNewsStore;
  readonly addresses: AddressStore;
  readonly consents: ConsentStore;
  readonly unsaved: UnsavedStore;
  readonly disclosures: DisclosureStore;
  readonly grants: GrantStore;
  readonly permissions: PermissionStore;
  readonly marketing: MarketingStore;
  readonly deletions: DeletionStore;
  readonly exports: ExportStore;
  readonly disputes: DisputeStore;
  readonly stripeEvents: StripeEventStore;
  readonly keys: BuyerKeys;
  /** What changing the master key takes. */
  readonly rotation: RotationDeps;
  readonly stripeCards: StripeCards;
  readonly stripePayments: StripePayments;
  readonly stripeRefunds: StripeRefunds;
  readonly stripeConnect: StripeConnect;
  readonly stripeNews: StripeNews;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Secrets that Stripe signs webhooks with, `whsec_…`; none when no webhook is expected. */
  readonly stripeWebhookSecrets: readonly string[];
  /** Whether the secret key is a live one: events of the other mode are not ours. */
  readonly stripeIsLive: boolean;
  /** Says that an event of Stripe waits to be applied. */
  readonly wakeInbox: () => void;
  /** Says that a payment is to be settled now. */
  readonly wakeSettling: () => void;
  /** Says that an event waits to be published. */
  readonly wakeRelay: () => void;
  /** Given to the app, which talks to Stripe itself. */
  readonly stripePublishableKey: string;
  readonly stripeApiBase: string;
  /** Where a seller comes back to from Stripe's pages. */
  readonly partnerDashboardUrl: string;
}
