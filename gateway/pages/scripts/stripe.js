/**
 * Talks to Stripe from the browser, with the publishable key. A card's number goes from the form to Stripe and nowhere
 * else; Vitrine gets to know a reference to it.
 */
import { configuration } from './configuration.js';

/** Stripe refused; the message is written for the card holder. */
export class StripeError extends Error {}

async function call(method, path, parameters) {
  const { apiBase, publishableKey } = configuration.stripe;
  const form = new URLSearchParams(parameters);
  let response;
  try {
    response = await fetch(`${apiBase}${path}${method === 'GET' ? `?${form}` : ''}`, {
      method,
      headers: { authorization: `Bearer ${publishableKey}` },
      body: method === 'GET' ? undefined : form,
    });
  } catch {
    throw new StripeError('The payment service cannot be reached. Check the connection and try again.');
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new StripeError(body.error?.message ?? 'The payment service did not take this. Try again.');
  return body;
}

/** Stripe's id of an intent is the first part of its client secret. */
const idOf = (clientSecret) => clientSecret.split('_secret_')[0];

/** Where the card holder confirms, if the bank wants that; null otherwise. */
function confirmationAddress({ status, next_action: action }) {
  if (status !== 'requires_action' || !action) return null;
  const address = action.redirect_to_url?.url ?? action.use_stripe_sdk?.stripe_js ?? '';
  return /^https?:\/\//.test(address) && URL.canParse(address) ? address : null;
}

/** @returns the id of a payment method (`pm_…`) */
export async function createCard({ number, month, year, cvc }) {
  const method = await call('POST', '/v1/payment_methods', {
    type: 'card',
    'card[number]': number,
    'card[exp_month]': month,
    'card[exp_year]': year,
    'card[cvc]': cvc,
  });
  return method.id;
}

/** Confirms a setup with a card. @returns the address at which the card holder confirms, or null when that is not wanted */
export async function confirmSetup(clientSecret, paymentMethodId) {
  const intent = await call('POST', `/v1/setup_intents/${idOf(clientSecret)}/confirm`, {
    payment_method: paymentMethodId,
    client_secret: clientSecret,
    return_url: `${location.origin}/confirmed.html`,
  });
  return confirmationAddress(intent);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const pollMs = 1_200;

/** @param {'payment_intents' | 'setup_intents'} kind @returns the address at which the card holder confirms a pending intent, or null */
export async function findConfirmation(kind, clientSecret) {
  return confirmationAddress(await call('GET', `/v1/${kind}/${idOf(clientSecret)}`, { client_secret: clientSecret }));
}

/** Resolves when the card holder has confirmed, failed or given up. @param {AbortSignal} signal stops asking */
export async function waitForConfirmation(kind, clientSecret, signal) {
  while (!signal.aborted) {
    const { status } = await call('GET', `/v1/${kind}/${idOf(clientSecret)}`, { client_secret: clientSecret });
    if (status !== 'requires_action') return;
    await pause(pollMs);
  }
}
