/** The one decision about who may buy from whom: behind the button, at checkout, and in the explanation for operators. */
import { isOpen, rolloutPosition, type Market } from './market.ts';
import type { Seller } from './seller.ts';

export type RefusalReason = 'MARKET_CLOSED' | 'NOT_IN_ROLLOUT' | 'SELLER_NOT_ELIGIBLE';

export interface PurchaseQuestion {
  /** The market of the buyer's country; null when there is none. */
  readonly market: Market | null;
  /** Null when there is no such seller. */
  readonly seller: Seller | null;
  /** `usr_…` */
  readonly buyerId: string;
  /** ISO 3166-1 alpha-2; null when the buyer's country is not known: then nothing is open. */
  readonly buyerCountry: string | null;
  /** Where the parcel would go; null when not known yet. */
  readonly shipToCountry: string | null;
  readonly now: Date;
}

/** Each rule in order, as `rule: outcome`. */
type Trace = readonly string[];

export type PurchaseDecision =
  | { readonly allowed: true; readonly market: Market; readonly seller: Seller; readonly trace: Trace }
  | { readonly allowed: false; readonly reason: RefusalReason; /** For the buyer. */ readonly message: string; readonly trace: Trace };

/** The first rule that fails decides; the rules after it are not looked at. */
export function decidePurchase(question: PurchaseQuestion): PurchaseDecision {
  const { market, seller, buyerId, buyerCountry, shipToCountry, now } = question;
  const trace: string[] = [];
  const refuse = (reason: RefusalReason, message: string): PurchaseDecision => ({ allowed: false, reason, message, trace });

  if (market === null || market.country !== buyerCountry || !isOpen(market, now)) {
    trace.push(`market: ${describeClosed(market, buyerCountry)}`);
    return refuse('MARKET_CLOSED', 'Buying is not open in your country yet.');
  }
  trace.push(`market: ${market.country} is open`);

  if (shipToCountry !== null && shipToCountry !== market.country) {
    trace.push(`ship-to: ${shipToCountry} is not the market ${market.country}`);
    return refuse('MARKET_CLOSED', `Orders are shipped within ${market.country} only. Choose an address there.`);
  }
  trace.push(shipToCountry === null ? 'ship-to: not known yet' : `ship-to: ${shipToCountry} is the market`);

  const position = rolloutPosition(market, buyerId);
  if (position >= market.buyerShareBps) {
    trace.push(`rollout: out, position ${position} is not below the share of ${market.buyerShareBps} of 10000`);
    return refuse('NOT_IN_ROLLOUT', 'Buying is being opened step by step and has not reached you yet.');
  }
  trace.push(`rollout: in, position ${position} is below the share of ${market.buyerShareBps} of 10000`);

  const obstacle = sellerObstacle(seller, market);
  if (seller === null || obstacle !== null) {
    trace.push(`seller: ${obstacle}`);
    return refuse('SELLER_NOT_ELIGIBLE', 'This seller does not sell at the moment.');
  }
  trace.push(`seller: active in ${market.country}`);
  return { allowed: true, market, seller, trace };
}

function describeClosed(market: Market | null, buyerCountry: string | null): string {
  if (buyerCountry === null) return "the buyer's country is not known";
  if (market === null || market.country !== buyerCountry) return `there is none for ${buyerCountry}`;
  const opens = market.opensAt === null ? 'no opening date' : `opens ${market.opensAt.toISOString()}`;
  const closes = market.closesAt === null ? 'no closing date' : `closes ${market.closesAt.toISOString()}`;
  return `${market.country} is closed: ${opens}, ${closes}`;
}

function sellerObstacle(seller: Seller | null, market: Market): string | null {
  if (seller === null) return 'not known';
  if (seller.status !== 'active') return seller.status;
  return seller.country === market.country ? null : `sells from ${seller.country}, not in ${market.country}`;
}
