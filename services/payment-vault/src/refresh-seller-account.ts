/** Re-reads at Stripe whether a seller's account can take money: when an event says that it changed, and slowly until it can. */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { statusOf, type SellerAccount } from './seller-account.ts';
import { shareDelayMs } from './share.ts';
import { budgetOf, noAccount } from './stripe-call.ts';

const batchSize = 10;
const intervalMs = 2_000;
const stripeBudgetMs = 10_000;

/** @param accountId `acct_…`; one that is no seller's is left alone. Answers false when Stripe cannot say at the moment. */
export async function refreshSellerAccount(deps: Deps, accountId: string): Promise<boolean> {
  const account = await deps.sellerAccounts.findByStripeId(accountId);
  return account === null ? true : refresh(deps, account, accountId);
}

async function refresh(deps: Deps, account: SellerAccount, accountId: string): Promise<boolean> {
  const { sellerId, refreshAttempts } = account;
  const checkedAt = deps.now();
  const outcome = await deps.stripeConnect.retrieveAccount(accountId, budgetOf(stripeBudgetMs));
  const isGone = outcome.kind === 'refused' && [noAccount, 'resource_missing'].includes(outcome.refusal.code ?? '');
  if (outcome.kind !== 'ok' && !isGone) return false;
  const status = outcome.kind === 'ok' ? statusOf(outcome.value) : 'restricted';
  const changed = await deps.sellerAccounts.setStatus(
    sellerId,
    status,
    checkedAt,
    status === 'active' ? null : shareDelayMs(refreshAttempts),
  );
  if (changed) deps.logger.info({ sellerId, status }, 'seller account');
  return true;
}

/** Asks about the accounts that are due, once; answers how many there were. */
export async function refreshSellerAccounts(deps: Deps): Promise<number> {
  const due = await deps.sellerAccounts.claimDue(batchSize);
  await Promise.all(
    due.map(async (account) => {
      try {
        if (account.stripeAccountId !== null) await refresh(deps, account, account.stripeAccountId);
      } catch (error) {
        deps.logger.error({ err: error, sellerId: account.sellerId }, 'seller account cannot be read');
      }
    }),
  );
  return due.length;
}

export const startRefreshingSellerAccounts = (deps: Deps): Loop =>
  startLoop({
    name: 'refresh-seller-accounts',
    logger: deps.logger,
    intervalMs,
    run: async () => (await refreshSellerAccounts(deps)) === batchSize,
  });
