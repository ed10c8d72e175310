/** The reconciler's calls to the other services, each with its deadline. All of them are safe to repeat. */
import {
  listPaymentsPath,
  listReservationsPath,
  settleReservationsPath,
  type ListPaymentsRequest,
  type ListPaymentsResponse,
  type ListReservationsRequest,
  type ListReservationsResponse,
  type SettleReservationsRequest,
  type SettleReservationsResponse,
} from '@vitrine/contracts/reconciliation-http';
import { createInternalClient, type IdentityKeys } from '@vitrine/runtime/identity';

const timeoutMs = 10_000;
/** payment-vault gives Stripe about 10 s. */
const paymentTimeoutMs = 20_000;

/** Each throws RetryableError when the outcome is not known. */
export interface ReconcilerClients {
  listPayments(request: ListPaymentsRequest, requestId: string): Promise<ListPaymentsResponse>;
  listReservations(request: ListReservationsRequest, requestId: string): Promise<ListReservationsResponse>;
  settleReservations(request: SettleReservationsRequest, requestId: string): Promise<SettleReservationsResponse>;
  close(): Promise<void>;
}

export function createReconcilerClients(options: {
  readonly keys: IdentityKeys;
  readonly catalogUrl: string;
  readonly paymentVaultUrl: string;
}): ReconcilerClients {
  const to = (name: string, baseUrl: string) => createInternalClient({ keys: options.keys, from: 'checkout', to: name, baseUrl });
  const catalog = to('catalog', options.catalogUrl);
  const paymentVault = to('payment-vault', options.paymentVaultUrl);
  return {
    listPayments: (request, requestId) => paymentVault.post(listPaymentsPath, request, { requestId, timeoutMs: paymentTimeoutMs }),
    listReservations: (request, requestId) => catalog.post(listReservationsPath, request, { requestId, timeoutMs }),
    settleReservations: (request, requestId) => catalog.post(settleReservationsPath, request, { requestId, timeoutMs }),
    close: async () => {
      await Promise.all([catalog.close(), paymentVault.close()]);
    },
  };
}
