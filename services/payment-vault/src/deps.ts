/** What the use cases are given. */
import type { Pool } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { BuyerKeys } from './buyer-keys.ts';
import type { AddressStore } from './store/addresses.ts';
import type { CardStore } from './store/cards.ts';
import type { DisclosureStore } from './store/disclosures.ts';
import type { PaymentStore } from './store/payments.ts';
import type { RefundStore } from './store/refunds.ts';
import type { StripeCards } from './stripe-cards.ts';
import type { StripePayments } from './stripe-payments.ts';
import type { StripeRefunds } from './stripe-refunds.ts';

export interface Deps {
  readonly pool: Pool;
  readonly payments: PaymentStore;
  readonly refunds: RefundStore;
  readonly cards: CardStore;
  readonly addresses: AddressStore;
  readonly disclosures: DisclosureStore;
  readonly keys: BuyerKeys;
  readonly stripeCards: StripeCards;
  readonly stripePayments: StripePayments;
  readonly stripeRefunds: StripeRefunds;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Says that an event waits to be published. */
  readonly wakeRelay: () => void;
  /** Given to the app, which talks to Stripe itself. */
  readonly stripePublishableKey: string;
  readonly stripeApiBase: string;
}
