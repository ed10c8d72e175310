/** The services around checkout as a test scripts them: each call is recorded, each answer can be replaced. */
import type { Clients } from '../src/clients.ts';
import { newId } from '@vitrine/runtime/ids';

export const productId = newId('prd');
export const sellerId = newId('sel');
export const paymentMethodId = newId('pmt');
export const addressId = newId('adr');

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
/** 18.00 + 4.99 shipping + 7.25 % tax in California. */
export const total = usd(1_800 + 499 + 131);

export const offer = { productId, sellerId, sku: 'PP-NOTEBOOK', title: 'Dot-grid notebook', price: usd(1_800) };

export interface ScriptedServices {
  readonly clients: Clients;
  /** Names of the calls in the order in which they were made. */
  readonly calls: string[];
  /** Replaces single answers; the rest goes well. */
  readonly answers: Partial<Clients>;
}

/** Services among which everything goes well, unless the test says otherwise. */
export function scriptServices(): ScriptedServices {
  const calls: string[] = [];
  const answers: Partial<Clients> = {};
  const good: Clients = {
    offer: async () => ({ status: 'offered', offer, availableQuantity: 10 }),
    reserve: async () => ({ status: 'reserved', offer }),
    release: async () => ({ status: 'released' }),
    decide: async () => ({ allowed: true, market: { country: 'US', currency: 'USD', undoWindowSeconds: 0, platformFeeBps: 500 } }),
    readiness: async () => ({ paymentMethod: { paymentMethodId, expired: false }, address: { addressId, country: 'US', region: 'CA' } }),
    authorize: async () => ({ status: 'authorized', authorizedAt: new Date().toISOString() }),
    capture: async () => ({ status: 'captured', capturedAt: new Date().toISOString(), amount: { amountMinor: 5_497, currency: 'USD' } }),
    voidPayment: async () => ({ status: 'voided' }),
    recordDelivery: async () => ({ status: 'recorded', addressUntil: new Date().toISOString() }),
    refund: async ({ amountMinor }) => ({
      status: 'refunded',
      refundedAt: new Date().toISOString(),
      amount: usd(amountMinor),
      refundedTotal: usd(amountMinor),
    }),
    close: async () => {},
  };
  const clients = Object.fromEntries(
    Object.entries(good).map(([name, answer]) => [
      name,
      (...parameters: readonly never[]) => {
        calls.push(name);
        const scripted: unknown = answers[name as keyof Clients] ?? answer;
        return (scripted as (...parameters: readonly never[]) => unknown)(...parameters);
      },
    ]),
  ) as unknown as Clients;
  return { clients, calls, answers };
}
