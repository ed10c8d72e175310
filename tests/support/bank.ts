/** The buyer at the bank, as the app's Stripe SDK takes them there. */
import type { SignedCalls } from './signed-calls.ts';

/** Answers the challenge of a payment, once there is one. @returns whether the bank took the answer, or wants none */
export async function answerBank(calls: SignedCalls, clientSecret: string, outcome: 'complete' | 'fail'): Promise<boolean> {
  const [intentId = ''] = clientSecret.split('_secret_');
  const { body } = await calls.readStripe(`/v1/payment_intents/${intentId}?client_secret=${encodeURIComponent(clientSecret)}`);
  if (typeof body['status'] !== 'string') return false;
  if (body['status'] !== 'requires_action') return true;
  const action = body['next_action'] as { readonly use_stripe_sdk?: { readonly stripe_js?: string } } | null;
  const page = action?.use_stripe_sdk?.stripe_js;
  return page !== undefined && (await calls.answerPage(page, outcome));
}
