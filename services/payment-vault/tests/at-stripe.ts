/** What others do at Stripe while a vault is tested: staff in the dashboard, and sellers on the onboarding page. */
import { Stripe } from 'stripe';
import type { Vault } from './vault.ts';

/** Stripe's dashboard, on the account of the vault. */
export function dashboardOf(vault: Vault): Stripe {
  const { hostname, port } = new URL(vault.stripeApiBase);
  return new Stripe('sk_test_vault_under_test', { protocol: 'http', host: hostname, port: Number(port), telemetry: false });
}

/** Completes, or leaves half done, what Stripe asks of a seller. */
export async function answerOnboarding(url: string, outcome: 'complete' | 'pending' | 'leave' = 'complete'): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `outcome=${outcome}`,
  });
  if (response.status >= 400) throw new Error(`the onboarding page answered ${response.status}`);
}

/** The accounts that Stripe has for a seller. */
export async function accountsOf(dashboard: Stripe, sellerId: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const account of dashboard.accounts.list({ limit: 100 }))
    if (account.metadata?.['seller_id'] === sellerId) ids.push(account.id);
  return ids;
}
