/** Notes that an order's parcel arrived: from then on its address is kept for a short while only. */
import type { DeliveryRequest, DeliveryResponse } from '@vitrine/contracts/payment-vault-http';
import type { Deps } from './deps.ts';

export async function recordDelivery(deps: Pick<Deps, 'grants'>, { orderId, deliveredAt }: DeliveryRequest): Promise<DeliveryResponse> {
  const addressUntil = await deps.grants.recordDelivery(orderId, new Date(deliveredAt));
  return addressUntil === null ? { status: 'no_address' } : { status: 'recorded', addressUntil: addressUntil.toISOString() };
}
