/** One order as checkout drives it: authorize, then capture or void, then refunds, each repeated until it is decided. */
import { setTimeout as wait } from 'node:timers/promises';
import type { OrderPlan, RefundPlan } from './run-plan.ts';
import type { Testimony } from './told.ts';
import { askAgain, type Answer, type VaultCallers } from './vault-callers.ts';

export interface OrderRun {
  /** Does what the plan says, while faults happen. */
  drive(): Promise<void>;
  /** Asks again for what is not decided, as a caller that has crashed does after its restart. */
  finish(): Promise<void>;
}

export interface Buyer {
  readonly buyerId: string;
  readonly sellerId: string;
  readonly paymentMethodId: string;
  readonly addressId: string;
}

const decisionMs = 25_000;
const finishMs = 120_000;

export function createOrderRun(callers: VaultCallers, testimony: Testimony, run: number, buyer: Buyer, plan: OrderPlan): OrderRun {
  const { orderId, amountMinor } = plan;
  const seen = { authorized: false, over: false, captured: false, wish: 'authorize' as 'authorize' | 'capture' | 'void' };
  const refunded = new Set<string>();
  const request = {
    ...buyer,
    orderId,
    amount: { amountMinor, currency: 'USD' },
    sellerShareMinor: plan.sellerShareMinor,
  };
  testimony.orders.set(orderId, {
    run,
    sellerId: buyer.sellerId,
    mayStay: plan.end.kind === 'stay' || plan.callerDies,
    plan: { amountMinor, sellerShareMinor: plan.sellerShareMinor },
  });

  /** A decision in an answer, null when it is to be asked again. */
  const read = (route: string, { status, body }: Answer, allowed: readonly number[] = [200]): string | null => {
    if (status === null || status >= 500) {
      if (status === 500) testimony.oddAnswers.push({ run, what: `${route} answered 500` });
      return null;
    }
    if (!allowed.includes(status)) {
      testimony.oddAnswers.push({ run, what: `${route} answered ${status}: ${JSON.stringify(body).slice(0, 200)}` });
      return 'refused';
    }
    if (status === 409) return 'conflict';
    const said = body['status'];
    return typeof said !== 'string' || said === 'retry_later' ? null : said;
  };

  const authorizeOnce = async (): Promise<string | null> => {
    const answer = await callers.internal('authorizations', request);
    const said = read('authorizations', answer);
    if (said === 'authorized') {
      seen.authorized = true;
      testimony.told.push({ said, run, orderId });
    }
    if (said === 'declined' || said === 'voided' || said === 'missing_details') {
      seen.over = true;
      testimony.told.push({ said, run, orderId });
    }
    if (said === 'requires_action') return `secret ${String(answer.body['clientSecret'])}`;
    return said;
  };

  const authorize = async (timeoutMs: number): Promise<void> => {
    let answered = 0;
    await askAgain(async () => {
      const said = await authorizeOnce();
      if (said === null || !said.startsWith('secret ')) return said;
      // A buyer who leaves the bank's page open decides nothing.
      if (plan.challenge === 'leave' || answered > 2) return said;
      answered += 1;
      await answerChallenge(said.slice('secret '.length));
      return null;
    }, timeoutMs);
  };

  const answerChallenge = async (clientSecret: string): Promise<void> => {
    const [intentId = ''] = clientSecret.split('_secret_');
    await askAgain(async () => {
      const { body } = await callers.stripe(`/v1/payment_intents/${intentId}?client_secret=${encodeURIComponent(clientSecret)}`);
      if (typeof body['status'] !== 'string') return null;
      if (body['status'] !== 'requires_action') return true;
      const action = body['next_action'] as { readonly use_stripe_sdk?: { readonly stripe_js?: string } } | null;
      const page = action?.use_stripe_sdk?.stripe_js;
      if (page === undefined) return null;
      return (await callers.answerPage(page, plan.challenge === 'fail' ? 'fail' : 'complete')) ? true : null;
    }, 10_000);
  };

  const capture = async (askedMinor: number | null, timeoutMs: number): Promise<string | null> =>
    askAgain(async () => {
      const { status, body } = await callers.internal('captures', { orderId, ...(askedMinor === null ? {} : { amountMinor: askedMinor }) });
      const said = read('captures', { status, body }, plan.end.kind === 'two_amounts' ? [200, 409] : [200]);
      if (said === 'captured') {
        seen.captured = true;
        seen.over = true;
        testimony.told.push({ said, run, orderId, amountMinor: (body['amount'] as { readonly amountMinor: number }).amountMinor });
      }
      if (said === 'not_capturable') {
        if (body['reason'] === 'LET_GO') testimony.told.push({ said: 'let_go', run, orderId });
        seen.over = true;
      }
      return said;
    }, timeoutMs);

  const letGo = async (timeoutMs: number): Promise<void> => {
    seen.wish = 'void';
    await askAgain(async () => {
      const said = read('voids', await callers.internal('voids', { orderId }));
      if (said === 'voided' || said === 'already_captured') {
        testimony.told.push({ said, run, orderId });
        seen.over = true;
        if (said === 'already_captured') seen.captured = true;
      }
      return said;
    }, timeoutMs);
  };

  const refund = async ({ refundId, amountMinor: askedMinor, reason }: RefundPlan, timeoutMs: number): Promise<void> => {
    await askAgain(async () => {
      const answer = await callers.internal('refunds', { orderId, refundId, amountMinor: askedMinor, reason });
      const said = read('refunds', answer);
      if (said === 'refunded' || said === 'failed' || said === 'not_refundable') {
        refunded.add(refundId);
        testimony.told.push({ said: said === 'failed' ? 'refund_failed' : said, run, orderId, refundId, amountMinor: askedMinor });
      }
      return said;
    }, timeoutMs);
  };

  const end = async (timeoutMs: number): Promise<void> => {
    const { end: wanted } = plan;
    switch (wanted.kind) {
      case 'capture':
        seen.wish = 'capture';
        await Promise.all(Array.from({ length: wanted.twice ? 2 : 1 }, () => capture(wanted.amountMinor, timeoutMs)));
        return;
      case 'two_amounts':
        seen.wish = 'capture';
        await Promise.all(wanted.amountsMinor.map((asked) => capture(asked, timeoutMs)));
        return;
      case 'void':
        return letGo(timeoutMs);
      case 'race':
        await Promise.all([
          wait(wanted.captureAfterMs).then(() => capture(null, timeoutMs)),
          wait(wanted.voidAfterMs).then(() => letGo(timeoutMs)),
        ]);
        return;
      case 'stay':
    }
  };

  const refundAll = async (timeoutMs: number): Promise<void> => {
    const open = plan.refunds.filter(({ refundId }) => !refunded.has(refundId));
    const each = (planned: RefundPlan) => Promise.all(Array.from({ length: planned.twice ? 2 : 1 }, () => refund(planned, timeoutMs)));
    if (plan.refundsTogether) await Promise.all(open.map(each));
    else for (const planned of open) await each(planned);
  };

  return {
    async drive() {
      if (plan.callerDies) {
        await authorizeOnce();
        return;
      }
      await Promise.all([
        ...Array.from({ length: plan.authorizeTwice ? 2 : 1 }, () => authorize(decisionMs)),
        ...(plan.voidWhileAuthorizingMs === null ? [] : [wait(plan.voidWhileAuthorizingMs).then(() => letGo(decisionMs))]),
      ]);
      if (seen.authorized && !seen.over) await end(decisionMs);
      if (seen.captured) await refundAll(decisionMs);
    },

    async finish() {
      if (plan.callerDies) return;
      if (!seen.over && seen.wish === 'authorize') {
        await authorize(finishMs);
        if (seen.authorized && !seen.over) await end(finishMs);
        // The buyer never came back from the bank.
        else if (!seen.over) await letGo(finishMs);
      } else if (!seen.over && seen.wish === 'void') await letGo(finishMs);
      else if (!seen.over) await end(finishMs);
      if (seen.captured) await refundAll(finishMs);
      if (!seen.over && plan.end.kind !== 'stay') testimony.oddAnswers.push({ run, what: `${orderId} was never decided` });
    },
  };
}
