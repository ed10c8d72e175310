/** Sellers' accounts at Stripe Connect, and the money that goes there and comes back. */
import { isAmount, isObject } from './stripe-payments.ts';
import type { StripeAccount } from './seller-account.ts';
import type { Budget, StripeCaller, StripeOutcome } from './stripe-call.ts';

/** What a transfer is made of. A repeat with the same key must be equal to the byte, so it is all stored. */
export interface TransferTerms {
  readonly orderId: string;
  readonly step: number;
  readonly amountMinor: number;
  /** ISO 4217, capitals. */
  readonly currency: string;
  readonly stripeAccountId: string;
  /** `ch_…` whose money it is. */
  readonly stripeChargeId: string;
}

export interface ReversalTerms {
  readonly orderId: string;
  readonly step: number;
  readonly amountMinor: number;
  /** `tr_…` */
  readonly transferId: string;
}

/** A transfer or a reversal at Stripe. */
export interface Moved {
  /** `tr_…` or `trr_…` */
  readonly id: string;
  readonly amountMinor: number;
}

export interface StripeConnect {
  createAccount(sellerId: string, key: string, budget: Budget): Promise<StripeOutcome<StripeAccount>>;
  retrieveAccount(accountId: string, budget: Budget): Promise<StripeOutcome<StripeAccount>>;
  /** A seller's account among those made since `since`; null when there is none. */
  findAccount(sellerId: string, since: Date, budget: Budget): Promise<StripeOutcome<{ readonly account: StripeAccount | null }>>;
  /** A page of Stripe's, good for one visit, where the seller sets the account up. */
  createLink(
    accountId: string,
    urls: { readonly returnUrl: string; readonly refreshUrl: string },
    key: string,
    budget: Budget,
  ): Promise<StripeOutcome<{ readonly url: string; readonly expiresAt: Date }>>;
  createTransfer(terms: TransferTerms, key: string, budget: Budget): Promise<StripeOutcome<Moved>>;
  /** The transfer of this step among those of the order; null when there is none. */
  findTransfer(orderId: string, step: number, budget: Budget): Promise<StripeOutcome<{ readonly moved: Moved | null }>>;
  createReversal(terms: ReversalTerms, key: string, budget: Budget): Promise<StripeOutcome<Moved>>;
  /** The reversal of this step among those of a transfer; null when there is none. */
  findReversal(transferId: string, step: number, budget: Budget): Promise<StripeOutcome<{ readonly moved: Moved | null }>>;
}

interface Shown {
  readonly id: string;
  readonly metadata?: Readonly<Record<string, string>> | null;
}
interface Page<Item> {
  readonly data: Item[];
  readonly has_more: boolean;
}
interface PageRequest {
  readonly limit: number;
  readonly starting_after?: string;
}

const pageSize = 100;
/** Clocks differ. */
const clockSkewSeconds = 300;
const unclear = { kind: 'unknown', replayed: false } as const;

export function createStripeConnect(caller: StripeCaller): StripeConnect {
  const { sdk } = caller;

  const read = <Value extends object, Read>(outcome: StripeOutcome<Value>, reader: (value: Value) => Read | null): StripeOutcome<Read> => {
    if (outcome.kind !== 'ok') return outcome;
    const value = reader(outcome.value);
    return value === null ? unclear : { ...outcome, value };
  };

  /** Goes through the pages of a list until one item is wanted. */
  const findIn = async <Item extends Shown>(
    name: string,
    budget: Budget,
    list: (page: PageRequest, options: { readonly timeout: number }) => Promise<Page<Item>>,
    isWanted: (item: Item) => boolean,
  ): Promise<StripeOutcome<{ readonly item: Item | null }>> => {
    let startingAfter: string | undefined;
    for (;;) {
      const page = { limit: pageSize, ...(startingAfter === undefined ? {} : { starting_after: startingAfter }) };
      const outcome = await caller.call(name, budget, (options) => list(page, options));
      if (outcome.kind !== 'ok') return outcome;
      const { data, has_more: hasMore } = outcome.value;
      if (!Array.isArray(data)) return unclear;
      const item = data.find(isWanted);
      if (item !== undefined) return { kind: 'ok', value: { item }, replayed: false };
      startingAfter = data.at(-1)?.id;
      if (!hasMore || startingAfter === undefined) return { kind: 'ok', value: { item: null }, replayed: false };
    }
  };
  const isOfStep =
    (orderId: string | null, step: number) =>
    ({ metadata }: Shown): boolean =>
      metadata?.['step'] === String(step) && (orderId === null || metadata['order_id'] === orderId);
  const movedOf = (outcome: StripeOutcome<{ readonly item: object | null }>): StripeOutcome<{ readonly moved: Moved | null }> =>
    read(outcome, ({ item }) => {
      if (item === null) return { moved: null };
      const moved = readMoved(item);
      return moved === null ? null : { moved };
    });

  return {
    async createAccount(sellerId, key, budget) {
      const outcome = await caller.call('accounts.create', budget, (options) =>
        sdk.accounts.create(
          {
            // The seller enters everything at Stripe; the network answers for losses and pays Stripe's fees.
            controller: { stripe_dashboard: { type: 'express' }, fees: { payer: 'application' }, losses: { payments: 'application' } },
            capabilities: { transfers: { requested: true } },
            metadata: { seller_id: sellerId },
          },
          { ...options, idempotencyKey: key },
        ),
      );
      return read(outcome, readAccount);
    },

    async retrieveAccount(accountId, budget) {
      return read(await caller.call('accounts.retrieve', budget, (options) => sdk.accounts.retrieve(accountId, {}, options)), readAccount);
    },

    async findAccount(sellerId, since, budget) {
      const created = { gte: Math.floor(since.getTime() / 1000) - clockSkewSeconds };
      const found = await findIn(
        'accounts.list',
        budget,
        (page, options) => sdk.accounts.list({ ...page, created }, options),
        ({ metadata }) => metadata?.['seller_id'] === sellerId,
      );
      return read(found, ({ item }) => {
        if (item === null) return { account: null };
        const account = readAccount(item);
        return account === null ? null : { account };
      });
    },

    async createLink(accountId, { returnUrl, refreshUrl }, key, budget) {
      const outcome = await caller.call('accountLinks.create', budget, (options) =>
        sdk.accountLinks.create(
          { account: accountId, type: 'account_onboarding', return_url: returnUrl, refresh_url: refreshUrl },
          { ...options, idempotencyKey: key },
        ),
      );
      return read(outcome, ({ url, expires_at: expiresAt }) =>
        typeof url === 'string' && Number.isSafeInteger(expiresAt) ? { url, expiresAt: new Date(expiresAt * 1_000) } : null,
      );
    },

    async createTransfer(terms, key, budget) {
      const outcome = await caller.call('transfers.create', budget, (options) =>
        sdk.transfers.create(
          {
            amount: terms.amountMinor,
            currency: terms.currency.toLowerCase(),
            destination: terms.stripeAccountId,
            source_transaction: terms.stripeChargeId,
            transfer_group: terms.orderId,
            metadata: { order_id: terms.orderId, step: String(terms.step) },
          },
          { ...options, idempotencyKey: key },
        ),
      );
      return read(outcome, readMoved);
    },

    async findTransfer(orderId, step, budget) {
      return movedOf(
        await findIn(
          'transfers.list',
          budget,
          (page, options) => sdk.transfers.list({ ...page, transfer_group: orderId }, options),
          isOfStep(orderId, step),
        ),
      );
    },

    async createReversal(terms, key, budget) {
      const outcome = await caller.call('transfers.createReversal', budget, (options) =>
        sdk.transfers.createReversal(
          terms.transferId,
          { amount: terms.amountMinor, metadata: { order_id: terms.orderId, step: String(terms.step) } },
          { ...options, idempotencyKey: key },
        ),
      );
      return read(outcome, readMoved);
    },

    async findReversal(transferId, step, budget) {
      return movedOf(
        await findIn(
          'transfers.listReversals',
          budget,
          (page, options) => sdk.transfers.listReversals(transferId, page, options),
          isOfStep(null, step),
        ),
      );
    },
  };
}

/** A transfer or reversal as Stripe sent it; null for anything else, since money must not follow from a wrong shape. */
function readMoved(value: object): Moved | null {
  if (!isObject(value)) return null;
  const { id, amount } = value;
  return typeof id === 'string' && /^trr?_/.test(id) && isAmount(amount) ? { id, amountMinor: amount } : null;
}

function readAccount(value: object): StripeAccount | null {
  if (!isObject(value)) return null;
  const { id, details_submitted: detailsSubmitted, capabilities, requirements, metadata } = value;
  if (typeof id !== 'string' || !id.startsWith('acct_') || typeof detailsSubmitted !== 'boolean') return null;
  const textIn = (object: unknown, name: string): string | null => {
    const text = isObject(object) ? object[name] : null;
    return typeof text === 'string' ? text : null;
  };
  return {
    id,
    sellerId: textIn(metadata, 'seller_id'),
    detailsSubmitted,
    transfers: textIn(capabilities, 'transfers'),
    disabledReason: textIn(requirements, 'disabled_reason'),
  };
}
