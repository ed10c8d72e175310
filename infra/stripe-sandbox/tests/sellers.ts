/** Connected accounts as tests need them: a seller who can take money, and one who cannot yet. */
import type Stripe from 'stripe';
import type { Fixture } from './sandbox-fixture.ts';

export const RETURN_URL = 'https://shop.test/sell/back';
export const REFRESH_URL = 'https://shop.test/sell/again';

export function newSeller({ shop }: Fixture): Promise<Stripe.Account> {
  return shop.accounts.create({
    country: 'US',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
    controller: {
      fees: { payer: 'application' },
      losses: { payments: 'application' },
      requirement_collection: 'stripe',
      stripe_dashboard: { type: 'express' },
    },
    metadata: { seller_id: 'sel_1' },
  });
}

export async function onboardingPage({ shop }: Fixture, account: string): Promise<string> {
  const link = await shop.accountLinks.create({
    account,
    type: 'account_onboarding',
    refresh_url: REFRESH_URL,
    return_url: RETURN_URL,
  });
  return link.url;
}

export function endOnboarding(page: string, outcome: 'complete' | 'pending' | 'leave'): Promise<Response> {
  return fetch(page, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ outcome }) });
}

/** A seller whose onboarding is complete. */
export async function activeSeller(sandbox: Fixture): Promise<Stripe.Account> {
  const seller = await newSeller(sandbox);
  await endOnboarding(await onboardingPage(sandbox, seller.id), 'complete');
  return seller;
}

/** A test control of the sandbox, which answers with the object that it changed. */
export async function control(sandbox: Fixture, path: string, body: object = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`The sandbox refused ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}
