/** checkout's environment. */
import { loadConfig, serviceVariables } from '@vitrine/runtime/config';
import { limitVariable } from '@vitrine/runtime/use-limits';
import { z } from 'zod';
import type { PurchaseAllowances } from './purchase-limits.ts';
import type { ReconcilerSettings } from './reconciliation.ts';

export const variables = {
  ...serviceVariables,
  CATALOG_URL: z.url().describe('Address of catalog.'),
  SELLER_ELIGIBILITY_URL: z.url().describe('Address of seller-eligibility.'),
  PAYMENT_VAULT_URL: z.url().describe('Address of payment-vault.'),
  RESERVATION_TTL_SECONDS: z.coerce
    .number()
    .int()
    .min(5)
    .max(86_400)
    .default(900)
    .describe('How long stock is held before catalog asks whether it is still wanted, in seconds.'),
  BUYER_ACTION_TIMEOUT_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(900)
    .describe('How long a buyer has for 3-D Secure before the purchase is undone, in seconds.'),
  DUPLICATE_WINDOW_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600)
    .default(10)
    .describe('How long another purchase of the same product by the same buyer is held back as a possible duplicate, in seconds.'),
  LIMIT_BUYER_PURCHASES: limitVariable(
    10,
    'How many purchases a buyer may make within an hour; those that come to nothing count only when a bank refuses them.',
  ),
  LIMIT_BUYER_AMOUNT_MINOR: limitVariable(300_000, 'For how much a buyer may buy within an hour, in minor units.'),
  LIMIT_DEVICE_PURCHASES: limitVariable(20, 'How many purchases may be made from one device within an hour, by whomever.'),
  LIMIT_DEVICE_AMOUNT_MINOR: limitVariable(600_000, 'For how much may be bought from one device within an hour, in minor units.'),
  LIMIT_DECLINES: limitVariable(5, 'After how many declined payments within an hour a buyer, or a device, is held back.'),
  LIMIT_SMALL_PURCHASES: limitVariable(5, 'How many small purchases a buyer may make within an hour, or may be made from one device.'),
  LIMIT_SMALL_AMOUNT_MINOR: limitVariable(500, 'Up to which total a purchase is a small one, in minor units.'),
  SHIP_WITHIN_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('How long a seller has to ship something of an order before it is cancelled and refunded, in days.'),
  RETURN_WINDOW_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(366)
    .default(30)
    .describe(
      "For how many days after the delivery goods can be sent back when the market's policies did not say at the purchase, in days.",
    ),
  RECONCILE_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(5_000)
    .describe('How often the reconciler compares what is new with payment-vault, catalog and the topic, in milliseconds; 0 turns it off.'),
  RECONCILE_GRACE_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_600)
    .default(5)
    .describe('How old something is before the reconciler looks at it, and how long a divergence lasts before it counts, in seconds.'),
  RECONCILE_PATIENCE_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(30)
    .describe(
      "How long an order's next step (capture, void, sale of its stock, publication) may take before it counts as late, in seconds.",
    ),
  RECONCILE_SWEEP_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_592_000)
    .default(600)
    .describe('How long after its start a sweep over all orders begins again, once it has ended, in seconds.'),
  RECONCILE_STRIPE_READS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(0)
    .max(6_000)
    .default(60)
    .describe('How many payments the reconciler has payment-vault read again at Stripe in a minute, at most.'),
  RECONCILE_REFUNDS_CHARGES: z
    .stringbool()
    .default(true)
    .describe('Whether a charge whose purchase failed is given back without asking anyone; if not, it is a case.'),
} as const;

export const readConfig = (environment = process.env) => loadConfig(variables, environment);

/** What buyers and devices may buy within an hour. */
export const purchaseAllowances = (config: ReturnType<typeof readConfig>): PurchaseAllowances => {
  const tested = { refusals: config.LIMIT_DECLINES, smallUses: config.LIMIT_SMALL_PURCHASES };
  return {
    byScope: {
      BUYER: { ...tested, uses: config.LIMIT_BUYER_PURCHASES, amountMinor: config.LIMIT_BUYER_AMOUNT_MINOR },
      DEVICE: { ...tested, uses: config.LIMIT_DEVICE_PURCHASES, amountMinor: config.LIMIT_DEVICE_AMOUNT_MINOR },
    },
    smallMinor: config.LIMIT_SMALL_AMOUNT_MINOR,
  };
};

/** A purchase is given up after this long at most, a challenge aside. */
const purchaseGivesUpSeconds = 15 * 60;
/** And undone within this long. */
const undoingSeconds = 10 * 60;

/** What the reconciler goes by. */
export const reconcilerSettings = (config: ReturnType<typeof readConfig>): ReconcilerSettings => ({
  intervalMs: config.RECONCILE_INTERVAL_MS,
  graceMs: config.RECONCILE_GRACE_SECONDS * 1_000,
  patienceMs: config.RECONCILE_PATIENCE_SECONDS * 1_000,
  purchasePatienceMs: (Math.max(purchaseGivesUpSeconds, config.BUYER_ACTION_TIMEOUT_SECONDS) + undoingSeconds) * 1_000,
  sweepEveryMs: config.RECONCILE_SWEEP_SECONDS * 1_000,
  stripeReadsPerMinute: config.RECONCILE_STRIPE_READS_PER_MINUTE,
  refundsCharges: config.RECONCILE_REFUNDS_CHARGES,
});
