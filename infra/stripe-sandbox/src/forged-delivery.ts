/** What an attacker might send to a webhook endpoint: an event that never happened, or an old one once more. */
import type { Stripe } from 'stripe';
import { newId } from './ids.ts';

/** Stripe's libraries refuse a signature that is older than five minutes. */
export const STALE_SECONDS = 3600;

/** An event that was never made, about the object of a real one: it claims that everything was paid, or given back. */
export function forgedBody(body: string): string {
  const event = JSON.parse(body) as Stripe.Event;
  const object = { ...event.data.object, status: 'succeeded', amount: 1, amount_received: 1, amount_refunded: 1, captured: true };
  return JSON.stringify({ ...event, id: newId('evt'), data: { object } }, null, 2);
}
