/** What a test does to the sandbox in place of Stripe, an issuer or a card network: restrict an account, pull or renew a card, end what waits. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { moveOnboarding } from './account-state.ts';
import { finishNow } from './deferrals.ts';
import { detached } from './payment-methods.ts';
import type { Machinery } from './pipeline.ts';
import type { DeferralRecord, Kind, Onboarding } from './records.ts';
import type { Transaction } from './store.ts';

interface Route {
  Params: { id: string };
}

/** A whole number within bounds; undefined where the body has none. */
function wholeNumber(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
}

function fieldsOf(body: unknown): Map<string, unknown> {
  return new Map(typeof body === 'object' && body !== null ? Object.entries(body) : []);
}

/** Adds the controls under `/_sandbox`. Each is a POST with an optional JSON body and answers with the changed object. */
export function addTestControls(server: FastifyInstance, machinery: Machinery): void {
  const { store } = machinery;

  const begin = (kind: Kind, id: string): Transaction | undefined => {
    const account = store.accountWith(kind, id);
    return account === undefined ? undefined : store.begin(account);
  };
  const refuse = (reply: FastifyReply, status: 400 | 404 | 409, error: string): FastifyReply => reply.code(status).send({ error });

  const onboarding = (path: string, next: Onboarding): void => {
    server.post<Route>(`/_sandbox/accounts/:id/${path}`, async (request, reply) => {
      const tx = begin('account', request.params.id);
      const record = tx?.get('account', request.params.id);
      if (tx === undefined || record === undefined || record.deleted) return refuse(reply, 404, 'No such account.');
      const account = moveOnboarding(tx, record, next);
      await store.commit(tx);
      return reply.send(account);
    });
  };
  onboarding('restrict', 'restricted');
  onboarding('activate', 'complete');

  server.post<Route>('/_sandbox/payment_methods/:id/pull', async (request, reply) => {
    const tx = begin('payment_method', request.params.id);
    const record = tx?.get('payment_method', request.params.id);
    if (tx === undefined || record === undefined) return refuse(reply, 404, 'No such payment method.');
    if (record.object.customer === null) return refuse(reply, 409, 'The payment method is not attached.');
    const { object } = detached(tx, record);
    await store.commit(tx);
    return reply.send(object);
  });

  server.post<Route>('/_sandbox/payment_methods/:id/update_card', async (request, reply) => {
    const tx = begin('payment_method', request.params.id);
    const record = tx?.get('payment_method', request.params.id);
    const card = record?.object.card;
    if (tx === undefined || record === undefined || card === undefined) return refuse(reply, 404, 'No such card.');
    const fields = fieldsOf(request.body);
    const month = wholeNumber(fields.get('exp_month') ?? card.exp_month, 1, 12);
    const year = wholeNumber(fields.get('exp_year') ?? card.exp_year, 2000, 2200);
    const last4 = fields.get('last4') ?? card.last4;
    if (month === undefined || year === undefined || typeof last4 !== 'string' || !/^\d{4}$/.test(last4)) {
      return refuse(reply, 400, 'exp_month is 1 to 12, exp_year has four digits, last4 is four digits in a text.');
    }
    const object = { ...record.object, card: { ...card, exp_month: month, exp_year: year, last4 } };
    tx.put('payment_method', object.id, { ...record, object });
    await store.commit(tx);
    return reply.send(object);
  });

  const finish = (path: string, kind: DeferralRecord['kind']): void => {
    server.post<Route>(`/_sandbox/${path}/:id/finish`, async (request, reply) => {
      const outcome = fieldsOf(request.body).get('outcome');
      if (outcome !== undefined && outcome !== 'succeed' && outcome !== 'fail') return refuse(reply, 400, 'outcome is succeed or fail.');
      const finished = await finishNow(machinery, kind, request.params.id, outcome);
      return finished.ok ? reply.send(finished.object) : refuse(reply, 409, 'Nothing waits under this id.');
    });
  };
  finish('payment_intents', 'payment_intent');
  finish('refunds', 'refund');
}
