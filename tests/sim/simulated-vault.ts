/**
 * payment-vault's promises over a simulated Stripe: at most one PaymentIntent for an order, one call to Stripe for an order at
 * a time, a void that was asked for wins over an authorization, and what is not known is found out by the next call.
 */
import type {
  AuthorizationRequest,
  AuthorizationResponse,
  CaptureResponse,
  DeclineReason,
  VoidResponse,
} from '@vitrine/contracts/payment-vault-http';
import { unreachable } from '@vitrine/runtime/errors';
import { RefusedRequest } from './network.ts';
import type { World } from './world.ts';

/** What Stripe has for an order. */
export interface Intent {
  readonly orderId: string;
  readonly amountMinor: number;
  status: 'requires_action' | 'requires_capture' | 'succeeded' | 'canceled' | 'failed';
  capturedMinor: number;
  /** When the buyer confirmed at the bank; null when that was not asked for, or not done. */
  confirmedAt: number | null;
}

interface Payment {
  readonly request: AuthorizationRequest;
  status: 'started' | 'requires_action' | 'authorized' | 'declined' | 'limited' | 'captured' | 'voided';
  isVoidWanted: boolean;
  /** Whoever calls Stripe for it has it until then. */
  busyUntil: number;
}

export interface SimulatedVault {
  readonly intents: ReadonlyMap<string, Intent>;
  authorize(request: AuthorizationRequest, answer: (answer: AuthorizationResponse) => void): void;
  capture(orderId: string, answer: (answer: CaptureResponse) => void): void;
  voidPayment(orderId: string, answer: (answer: VoidResponse) => void): void;
  /** The buyer does at the bank what the challenge asks for, or fails to. */
  confirmAtBank(orderId: string, isGood: boolean): void;
}

export interface VaultOptions {
  /** How cards behave in this run: a weight for each end of an authorization. */
  readonly cards: readonly (readonly [weight: number, end: 'requires_capture' | 'requires_action' | 'failed' | 'limited'])[];
  /** Stripe is about to hold the buyer's money. */
  readonly onHold: (request: AuthorizationRequest) => void;
  /** Stripe moves the buyer's money. */
  readonly onCapture: (intent: Intent) => void;
  /** payment-vault tells of a payment. */
  readonly onNews: (orderId: string) => void;
}

const busyMs = 15_000;
const declineReason: DeclineReason = 'INSUFFICIENT_FUNDS';
const retryLater = { status: 'retry_later', retryAfterMs: 1_000 } as const;

export function createSimulatedVault(world: World, options: VaultOptions): SimulatedVault {
  const { time, choices } = world;
  const payments = new Map<string, Payment | 'tombstone'>();
  const intents = new Map<string, Intent>();

  /** Calls Stripe for a payment; `known` is not called when the vault's process dies meanwhile. */
  const callStripe = (payment: Payment, what: string, effect: () => void, known: (isKnown: boolean) => void): void => {
    const busyUntil = time.now() + busyMs;
    payment.busyUntil = busyUntil;
    const isUnknown = world.happens('stripeUnknown');
    const takesEffect = !isUnknown || choices.chance(0.5);
    const dies = world.happens('vaultDies');
    time.after(20 + 180 * choices.next(), () => {
      const isAway = world.isAway('stripe');
      if (takesEffect && !isAway) effect();
      world.note?.(
        `Stripe: ${what}${isUnknown || isAway ? `, not known${takesEffect && !isAway ? ' but done' : ''}` : ''}${dies ? ', the vault dies' : ''}`,
      );
      if (dies) return;
      time.after(20 + 180 * choices.next() + (isUnknown ? 9_000 * choices.next() : 0), () => {
        // A call that outlived its lease has nothing to say any more.
        if (payment.busyUntil !== busyUntil) return;
        payment.busyUntil = 0;
        known(!isUnknown && !isAway);
      });
    });
  };

  /** What Stripe has is what the payment is. */
  const learn = (payment: Payment): void => {
    const intent = intents.get(payment.request.orderId);
    if (intent === undefined) return;
    if (intent.status === 'succeeded') payment.status = 'captured';
    else if (intent.status === 'canceled') payment.status = 'voided';
    else if (intent.status === 'failed') payment.status = 'declined';
    else payment.status = intent.status === 'requires_action' ? 'requires_action' : 'authorized';
  };

  const authorizationOf = (payment: Payment): AuthorizationResponse | null => {
    switch (payment.status) {
      case 'authorized':
      case 'captured':
        return { status: 'authorized', authorizedAt: new Date(0).toISOString() };
      case 'requires_action':
        return { status: 'requires_action', clientSecret: 'secret' };
      case 'declined':
        return { status: 'declined', reason: declineReason };
      case 'limited':
        return { status: 'limited', retryAfterMs: 60_000 };
      case 'voided':
        return { status: 'voided' };
      case 'started':
        return null;
      default:
        return unreachable(payment.status);
    }
  };

  const letGo = (payment: Payment): void => {
    const intent = intents.get(payment.request.orderId);
    if (intent !== undefined && intent.status !== 'succeeded' && intent.status !== 'failed') intent.status = 'canceled';
  };

  const undo = (payment: Payment, answer: (answer: VoidResponse) => void): void => {
    callStripe(
      payment,
      `void ${world.nameOf(payment.request.orderId)}`,
      () => letGo(payment),
      (isKnown) => {
        if (!isKnown) {
          answer(retryLater);
          return;
        }
        learn(payment);
        if (payment.status !== 'captured' && payment.status !== 'declined') payment.status = 'voided';
        options.onNews(payment.request.orderId);
        answer(payment.status === 'captured' ? { status: 'already_captured' } : { status: 'voided' });
      },
    );
  };

  const hold = (request: AuthorizationRequest): void => {
    if (intents.has(request.orderId)) return;
    options.onHold(request);
    const end = choices.weighted(options.cards);
    if (end === 'limited') return;
    intents.set(request.orderId, {
      orderId: request.orderId,
      amountMinor: request.amount.amountMinor,
      status: end,
      capturedMinor: 0,
      confirmedAt: null,
    });
  };

  const sameTerms = (a: AuthorizationRequest, b: AuthorizationRequest): boolean =>
    a.buyerId === b.buyerId && a.sellerId === b.sellerId && a.amount.amountMinor === b.amount.amountMinor;

  return {
    intents,
    authorize(request, answer) {
      const { orderId } = request;
      let payment = payments.get(orderId);
      if (payment === 'tombstone') {
        answer({ status: 'voided' });
        return;
      }
      if (payment !== undefined) {
        if (!sameTerms(payment.request, request)) throw new RefusedRequest(`the payment of ${orderId} was begun with other terms`);
        const decided = payment.status === 'requires_action' ? null : authorizationOf(payment);
        if (decided !== null || payment.busyUntil > time.now()) {
          answer(decided ?? { status: 'retry_later', retryAfterMs: 250 });
          return;
        }
        if (payment.isVoidWanted) {
          undo(payment, ({ status }) => answer(status === 'retry_later' ? retryLater : { status: 'voided' }));
          return;
        }
      }
      payment ??= { request, status: 'started', isVoidWanted: false, busyUntil: 0 };
      payments.set(orderId, payment);
      const driven = payment;
      callStripe(
        driven,
        `authorize ${world.nameOf(orderId)}`,
        () => hold(request),
        (isKnown) => {
          if (driven.isVoidWanted) {
            undo(driven, ({ status }) => answer(status === 'voided' ? { status: 'voided' } : retryLater));
            return;
          }
          if (!isKnown) {
            answer(retryLater);
            return;
          }
          if (intents.has(orderId)) learn(driven);
          else driven.status = 'limited';
          options.onNews(orderId);
          answer(authorizationOf(driven) ?? retryLater);
        },
      );
    },
    capture(orderId, answer) {
      const payment = payments.get(orderId);
      if (payment === undefined || payment === 'tombstone') {
        answer({ status: 'not_capturable', reason: payment === undefined ? 'NOT_AUTHORIZED' : 'LET_GO' });
        return;
      }
      const captured = (): CaptureResponse => ({
        status: 'captured',
        capturedAt: new Date(0).toISOString(),
        amount: payment.request.amount,
      });
      if (payment.status === 'captured') answer(captured());
      else if (payment.status === 'voided' || payment.isVoidWanted) answer({ status: 'not_capturable', reason: 'LET_GO' });
      else if (payment.status !== 'authorized') answer({ status: 'not_capturable', reason: 'NOT_AUTHORIZED' });
      else if (payment.busyUntil > time.now()) answer(retryLater);
      else {
        callStripe(
          payment,
          `capture ${world.nameOf(orderId)}`,
          () => {
            const intent = intents.get(orderId);
            if (intent?.status !== 'requires_capture') return;
            // The bank may have taken its word back.
            if (choices.chance(0.02)) intent.status = 'canceled';
            else {
              intent.status = 'succeeded';
              intent.capturedMinor += intent.amountMinor;
              options.onCapture(intent);
            }
          },
          (isKnown) => {
            if (isKnown) learn(payment);
            if (!isKnown) answer(retryLater);
            else answer(payment.status === 'captured' ? captured() : { status: 'not_capturable', reason: 'LET_GO' });
          },
        );
      }
    },
    voidPayment(orderId, answer) {
      const payment = payments.get(orderId);
      if (payment === undefined) payments.set(orderId, 'tombstone');
      if (payment === undefined || payment === 'tombstone') {
        answer({ status: 'voided' });
        return;
      }
      payment.isVoidWanted = true;
      if (payment.status === 'captured') answer({ status: 'already_captured' });
      else if (payment.status === 'voided' || payment.status === 'declined' || payment.status === 'limited') answer({ status: 'voided' });
      else if (payment.busyUntil > time.now()) answer(retryLater);
      else undo(payment, answer);
    },
    confirmAtBank(orderId, isGood) {
      const intent = intents.get(orderId);
      const payment = payments.get(orderId);
      if (intent?.status !== 'requires_action' || payment === undefined || payment === 'tombstone') return;
      intent.status = isGood ? 'requires_capture' : 'failed';
      intent.confirmedAt = time.now();
      world.note?.(`the buyer ${isGood ? 'confirms' : 'fails to confirm'} ${world.nameOf(orderId)} at the bank`);
      const hear = (): void => {
        if (payment.status !== 'requires_action' || payment.isVoidWanted || payment.busyUntil > time.now()) return;
        learn(payment);
        options.onNews(orderId);
      };
      if (world.happens('newsLost')) return;
      time.after(choices.chance(0.3) ? 0 : 30_000 * choices.next(), hear);
      if (choices.chance(0.2)) time.after(30_000 * choices.next(), hear);
    },
  };
}
