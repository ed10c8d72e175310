/** The other services as checkout's process sees them: through the network. And who may buy, which can change at any time. */
import type { PurchaseDecisionResponse } from '@vitrine/contracts/seller-eligibility-http';
import type { PurchaseClients } from '../../services/checkout/src/clients.ts';
import type { CheckoutProcess } from './checkout-process.ts';
import { call } from './network.ts';
import type { SimulatedCatalog } from './simulated-catalog.ts';
import type { SimulatedVault } from './simulated-vault.ts';
import type { World } from './world.ts';

export interface Eligibility {
  isOpen: boolean;
  readonly undoWindowSeconds: number;
  /** When the last yes was given for a purchase, by request. */
  readonly allowedAt: Map<string, number>;
}

const timeoutMs = 3_000;
const paymentTimeoutMs = 15_000;

export const addressId = 'adr_00000000-0000-7000-8000-000000000001';
export const paymentMethodId = 'pmt_00000000-0000-7000-8000-000000000001';

export function createSimulatedClients(
  world: World,
  from: CheckoutProcess,
  {
    catalog,
    vault,
    eligibility,
  }: { readonly catalog: SimulatedCatalog; readonly vault: SimulatedVault; readonly eligibility: Eligibility },
): PurchaseClients {
  const decide = (requestId: string): PurchaseDecisionResponse => {
    if (!eligibility.isOpen) return { allowed: false, reason: 'SELLER_NOT_ELIGIBLE', message: 'not now' };
    eligibility.allowedAt.set(requestId, world.time.now());
    return {
      allowed: true,
      market: { country: 'US', currency: 'USD', undoWindowSeconds: eligibility.undoWindowSeconds, platformFeeBps: 500 },
    };
  };
  return {
    offer: (productId) =>
      call(world, from, { service: 'catalog', name: 'offer', timeoutMs, serve: (answer) => answer(catalog.offer(productId)) }),
    reserve: (request) =>
      call(world, from, {
        service: 'catalog',
        name: `reserve ${world.nameOf(request.orderId)}`,
        timeoutMs,
        serve: (answer) => answer(catalog.reserve(request)),
      }),
    release: (orderId) =>
      call(world, from, {
        service: 'catalog',
        name: `release ${world.nameOf(orderId)}`,
        timeoutMs,
        serve: (answer) => {
          catalog.release(orderId);
          answer({ status: 'released' });
        },
      }),
    decide: (_request, requestId) =>
      call(world, from, { service: 'seller-eligibility', name: 'decide', timeoutMs, serve: (answer) => answer(decide(requestId)) }),
    readiness: () =>
      call(world, from, {
        service: 'payment-vault',
        name: 'readiness',
        timeoutMs,
        serve: (answer) =>
          answer({ paymentMethod: { paymentMethodId, expired: false }, address: { addressId, country: 'US', region: 'CA' } }),
      }),
    authorize: (request) =>
      call(world, from, {
        service: 'payment-vault',
        name: `authorize ${world.nameOf(request.orderId)}`,
        timeoutMs: paymentTimeoutMs,
        serve: (answer) => vault.authorize(request, answer),
      }),
    capture: (orderId) =>
      call(world, from, {
        service: 'payment-vault',
        name: `capture ${world.nameOf(orderId)}`,
        timeoutMs: paymentTimeoutMs,
        serve: (answer) => vault.capture(orderId, answer),
      }),
    voidPayment: (orderId) =>
      call(world, from, {
        service: 'payment-vault',
        name: `void ${world.nameOf(orderId)}`,
        timeoutMs: paymentTimeoutMs,
        serve: (answer) => vault.voidPayment(orderId, answer),
      }),
  };
}
