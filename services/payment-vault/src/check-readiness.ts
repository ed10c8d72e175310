/** What a buyer has stored for a purchase: references, and of the address what tax depends on. Nothing is decrypted. */
import type { ReadinessRequest, ReadinessResponse } from '@vitrine/contracts/payment-vault-http';
import { isExpired } from './card.ts';
import type { Deps } from './deps.ts';

export async function checkReadiness(deps: Pick<Deps, 'purchaseReads' | 'now'>, request: ReadinessRequest): Promise<ReadinessResponse> {
  const { card, address } = await deps.purchaseReads.findReady(request);
  return { paymentMethod: card === null ? null : { paymentMethodId: card.id, expired: isExpired(card, deps.now()) }, address };
}
