/** The page on which a card holder completes or fails a 3-D Secure challenge, in a browser or by a POST of `outcome`. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { returnAddress } from './challenges.ts';
import { parseForm } from './form-encoding.ts';
import { html } from './hosted-page.ts';
import { endPaymentChallenge } from './payment-attempt.ts';
import type { Machinery } from './pipeline.ts';
import type { ChallengeRecord } from './records.ts';
import { endSetupChallenge } from './setup-intents.ts';
import type { Store, Transaction } from './store.ts';

const FORM = `<p>This is a test of the bank's confirmation page. No money moves.</p>
<form method="post"><button name="outcome" value="complete">Complete authentication</button>
<button name="outcome" value="fail">Fail authentication</button></form>`;

interface Found {
  tx: Transaction;
  account: string;
  challenge: ChallengeRecord;
}

function find(store: Store, id: string, secret: unknown): Found | undefined {
  const account = store.accountWith('challenge', id);
  if (account === undefined) return undefined;
  const tx = store.begin(account);
  const challenge = tx.get('challenge', id);
  return challenge === undefined || challenge.secret !== secret ? undefined : { tx, account, challenge };
}

/** Ends an open challenge in the transaction. Returns where the browser goes next, null where it stays. */
function end({ tx, account, challenge }: Found, id: string, completed: boolean, machinery: Machinery): string | null {
  tx.put('challenge', id, { ...challenge, outcome: completed ? 'completed' : 'failed' });
  if (challenge.intentKind === 'payment_intent') {
    const record = tx.get('payment_intent', challenge.intentId);
    if (record === undefined) throw new Error('A challenge has lost its payment intent.');
    const context = { tx, now: machinery.now(), secret: machinery.store.secret, caller: { account, kind: 'publishable' as const } };
    const intent = endPaymentChallenge(context, record, completed);
    return returnAddress(challenge, intent.client_secret, intent.status === 'succeeded' || intent.status === 'requires_capture');
  }
  const record = tx.get('setup_intent', challenge.intentId);
  if (record === undefined) throw new Error('A challenge has lost its setup intent.');
  const intent = endSetupChallenge(tx, record, completed);
  return returnAddress(challenge, intent.client_secret, intent.status === 'succeeded');
}

/** Adds GET and POST `/3d_secure/:id?client_secret=…`; the POST takes `outcome=complete|fail` and redirects to the return address. */
export function addChallengePage(server: FastifyInstance, machinery: Machinery): void {
  const { store } = machinery;
  const notFound = (reply: FastifyReply): FastifyReply =>
    html(reply, 404, 'No such challenge', '<p>The address is wrong or incomplete.</p>');
  const ended = (reply: FastifyReply): FastifyReply =>
    html(reply, 409, 'This challenge has ended', '<p>Go back to the shop and try again.</p>');

  server.get<{ Params: { id: string }; Querystring: { client_secret?: string } }>('/3d_secure/:id', (request, reply) => {
    const found = find(store, request.params.id, request.query.client_secret);
    if (found === undefined) return notFound(reply);
    return found.challenge.outcome === 'open' ? html(reply, 200, 'Confirm your payment', FORM) : ended(reply);
  });

  server.post<{ Params: { id: string }; Querystring: { client_secret?: string } }>('/3d_secure/:id', async (request, reply) => {
    const { id } = request.params;
    const found = find(store, id, request.query.client_secret);
    if (found === undefined) return notFound(reply);
    const form = parseForm((request.body as string | undefined) ?? '');
    const outcome = form.ok ? form.tree['outcome'] : undefined;
    if (outcome !== 'complete' && outcome !== 'fail') return html(reply, 400, 'Not understood', '<p>outcome must be complete or fail.</p>');
    if (found.challenge.outcome !== 'open') return ended(reply);
    const address = end(found, id, outcome === 'complete', machinery);
    await store.commit(found.tx);
    if (address !== null) return reply.redirect(address, 303);
    return html(
      reply,
      200,
      outcome === 'complete' ? 'Authentication complete' : 'Authentication failed',
      '<p>You can close this page.</p>',
    );
  });
}
