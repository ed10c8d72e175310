/** Calls to other services. */
import { StockClaimResponse, type StockClaimRequest } from '@vitrine/contracts/checkout-http';
import { createInternalClient, type IdentityKeys } from '@vitrine/runtime/identity';
import { Value } from 'typebox/value';
import type { AskStockClaim } from './settle-expired.ts';

const timeoutMs = 3_000;

/** checkout, over kept-alive connections. Shorter than a reservation's lease, so that an answer is never applied late. */
export function createCheckoutClient(options: { readonly keys: IdentityKeys; readonly baseUrl: string }): {
  readonly askStockClaim: AskStockClaim;
  readonly close: () => Promise<void>;
} {
  const client = createInternalClient({ ...options, from: 'catalog', to: 'checkout' });
  return {
    async askStockClaim(orderId, requestId) {
      const body: StockClaimRequest = { orderId };
      const response: unknown = await client.post('/internal/stock-claims', body, { requestId, timeoutMs });
      if (!Value.Check(StockClaimResponse, response)) throw new Error('checkout answered something else than a stock claim');
      return response.claim;
    },
    close: () => client.close(),
  };
}
