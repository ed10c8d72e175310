/** Addresses and billing details as parameters and as Stripe shows them: every field present, null where it was not given. */
import type { Stripe } from 'stripe';
import { clearableObject, clearableText, object, required, text, type Values } from './parameters.ts';

const ADDRESS = {
  city: clearableText(),
  country: clearableText(),
  line1: clearableText(),
  line2: clearableText(),
  postal_code: clearableText(),
  state: clearableText(),
};

export const ADDRESS_PARAM = clearableObject(ADDRESS);

export const BILLING_DETAILS_PARAM = object({
  address: ADDRESS_PARAM,
  email: clearableText(800),
  name: clearableText(),
  phone: clearableText(),
  tax_id: clearableText(),
});

const SHIPPING = {
  address: required(object(ADDRESS)),
  name: required(text()),
  phone: clearableText(),
  carrier: clearableText(),
  tracking_number: clearableText(),
};

export const SHIPPING_PARAM = clearableObject(SHIPPING);

export function addressOf(given: Values<typeof ADDRESS> | null | undefined): Stripe.Address | null {
  if (given === null || given === undefined) return null;
  return {
    city: given.city ?? null,
    country: given.country ?? null,
    line1: given.line1 ?? null,
    line2: given.line2 ?? null,
    postal_code: given.postal_code ?? null,
    state: given.state ?? null,
  };
}

export function shippingOf(given: Values<typeof SHIPPING> | null | undefined): Stripe.PaymentIntent.Shipping | null {
  if (given === null || given === undefined) return null;
  const address = addressOf(given.address);
  return {
    ...(address === null ? {} : { address }),
    carrier: given.carrier ?? null,
    name: given.name,
    phone: given.phone ?? null,
    tracking_number: given.tracking_number ?? null,
  };
}
