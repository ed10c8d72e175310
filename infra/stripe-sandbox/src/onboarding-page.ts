/**
 * The page behind an account link, on which a seller completes or leaves the onboarding, in a browser or by a POST of `outcome`.
 * A link that was used or has expired leads to its refresh address, as at Stripe.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { moveOnboarding } from './account-state.ts';
import { parseForm } from './form-encoding.ts';
import { html } from './hosted-page.ts';
import type { Machinery } from './pipeline.ts';
import type { AccountLinkRecord, Onboarding } from './records.ts';
import type { Transaction } from './store.ts';

const FORM = `<p>This is a test of the account setup. Nothing you own is registered.</p>
<form method="post"><button name="outcome" value="complete">Complete the setup</button>
<button name="outcome" value="leave">Leave for now</button></form>`;

const OUTCOMES = new Map<unknown, Onboarding | null>([
  ['complete', 'complete'],
  ['pending', 'pending'],
  ['leave', null],
]);

interface Route {
  Params: { id: string };
  Querystring: { key?: string };
}

/** Adds GET and POST `/connect/onboarding/:id?key=…`; the POST takes `outcome=complete|pending|leave`. */
export function addOnboardingPage(server: FastifyInstance, { store, now }: Machinery): void {
  const find = (id: string, key: string | undefined): { tx: Transaction; link: AccountLinkRecord } | undefined => {
    const account = store.accountWith('account_link', id);
    if (account === undefined) return undefined;
    const tx = store.begin(account);
    const link = tx.get('account_link', id);
    return link === undefined || link.secret !== key ? undefined : { tx, link };
  };
  const notFound = (reply: FastifyReply): FastifyReply => html(reply, 404, 'No such link', '<p>The address is wrong or incomplete.</p>');
  const ended = (reply: FastifyReply, { refreshUrl }: AccountLinkRecord): FastifyReply =>
    refreshUrl === null ? html(reply, 410, 'This link has ended', '<p>Ask for a new one.</p>') : reply.redirect(refreshUrl, 303);
  const expired = ({ expiresAt, state }: AccountLinkRecord): boolean => state === 'unused' && now().getTime() / 1000 >= expiresAt;

  server.get<Route>('/connect/onboarding/:id', async (request, reply) => {
    const { id } = request.params;
    const found = find(id, request.query.key);
    if (found === undefined) return notFound(reply);
    const { tx, link } = found;
    if (link.state !== 'unused' || expired(link)) return ended(reply, link);
    tx.put('account_link', id, { ...link, state: 'opened' });
    await store.commit(tx);
    return html(reply, 200, 'Set up your seller account', FORM);
  });

  server.post<Route>('/connect/onboarding/:id', async (request, reply) => {
    const { id } = request.params;
    const found = find(id, request.query.key);
    if (found === undefined) return notFound(reply);
    const { tx, link } = found;
    const form = parseForm((request.body as string | undefined) ?? '');
    const outcome = form.ok ? OUTCOMES.get(form.tree['outcome']) : undefined;
    if (outcome === undefined) return html(reply, 400, 'Not understood', '<p>outcome must be complete, pending or leave.</p>');
    const record = tx.get('account', link.account);
    if (link.state === 'used' || expired(link) || record === undefined || record.deleted) return ended(reply, link);
    tx.put('account_link', id, { ...link, state: 'used' });
    if (outcome !== null) moveOnboarding(tx, record, outcome);
    await store.commit(tx);
    return link.returnUrl === null ? html(reply, 200, 'Done', '<p>You can close this page.</p>') : reply.redirect(link.returnUrl, 303);
  });
}
