/**
 * 3-D Secure challenges: opened when an issuer wants the card holder, ended once by the hosted page. Also the `next_action` that
 * leads a client there: a redirect where a return address was given, Stripe's SDK otherwise.
 */
import type { Stripe } from 'stripe';
import { newClientSecret, newId } from './ids.ts';
import type { ChallengeRecord } from './records.ts';
import type { Transaction } from './store.ts';

interface Challenge {
  id: string;
  nextAction: Stripe.PaymentIntent.NextAction & Stripe.SetupIntent.NextAction;
}

interface ChallengeRequest {
  tx: Transaction;
  origin: string;
  intentKind: ChallengeRecord['intentKind'];
  intentId: string;
  returnUrl: string | null;
  useStripeSdk: boolean;
}

export function openChallenge({ tx, origin, intentKind, intentId, returnUrl, useStripeSdk }: ChallengeRequest): Challenge {
  const id = newId('payatt');
  const secret = newClientSecret(id);
  const url = `${origin}/3d_secure/${id}?client_secret=${secret}`;
  tx.put('challenge', id, { intentKind, intentId, secret, returnUrl, outcome: 'open' });
  const nextAction =
    returnUrl === null || useStripeSdk
      ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
      : { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
  return { id, nextAction };
}

/** A challenge that a new confirmation or a cancellation has overtaken cannot be completed any more. */
export function abandonChallenge(tx: Transaction, id: string | null): void {
  if (id === null) return;
  const challenge = tx.get('challenge', id);
  if (challenge?.outcome === 'open') tx.put('challenge', id, { ...challenge, outcome: 'abandoned' });
}

/** The return address with what Stripe adds to it. */
export function returnAddress(challenge: ChallengeRecord, clientSecret: string | null, succeeded: boolean): string | null {
  if (challenge.returnUrl === null) return null;
  const address = new URL(challenge.returnUrl);
  address.searchParams.set(challenge.intentKind, challenge.intentId);
  if (clientSecret !== null) address.searchParams.set(`${challenge.intentKind}_client_secret`, clientSecret);
  address.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
  return address.toString();
}
