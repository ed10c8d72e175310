/** Stripe's webhook signatures: HMAC-SHA256 over the timestamp, a full stop and the body as it is sent. */
import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header of a body sent at `at`, in seconds since 1970. https://docs.stripe.com/webhooks/signature */
export function signatureHeader(secret: string, body: string, at: number): string {
  const signature = createHmac('sha256', secret).update(`${at}.${body}`, 'utf8').digest('hex');
  return `t=${at},v1=${signature}`;
}
