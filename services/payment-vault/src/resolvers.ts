/**
 * GraphQL to use cases and back. A buyer sees and changes what is the buyer's; a seller sees where to ship its orders;
 * everybody else gets null, by `_entities` as well.
 */
import { unreachable } from '@vitrine/runtime/errors';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import { parsePage, toConnection } from '@vitrine/runtime/page';
import { addAddress } from './add-address.ts';
import type { Address, InvalidInput, PostalAddress } from './address.ts';
import { isExpired, type Card } from './card.ts';
import { findBuyerId, requireBuyerId, type Context } from './context.ts';
import { deleteAddress } from './delete-address.ts';
import { deletePaymentMethod } from './delete-payment-method.ts';
import { finishCardSetup } from './finish-card-setup.ts';
import type {
  Address as AddressFields,
  CardExpiredError,
  CardSetupIncompleteError,
  IdempotencyKeyInFlightError,
  IdempotencyKeyReusedError,
  InvalidInputError,
  NotFoundError,
  PaymentMethod,
  PaymentProviderUnavailableError,
  PostalAddress as PostalAddressFields,
  Resolvers,
  TooManyStoredError,
} from './generated/schema.ts';
import { listAddresses } from './open-addresses.ts';
import type { NotFound, ProviderUnavailable, TooManyStored } from './refusals.ts';
import { setDefaultAddress } from './set-default-address.ts';
import { setDefaultPaymentMethod } from './set-default-payment-method.ts';
import { startCardSetup } from './start-card-setup.ts';

export const resolvers: Resolvers = {
  Query: {
    viewer: (_parent, _arguments, { identity }) => ({ id: requireBuyerId(identity) }),
  },

  Mutation: {
    startCardSetup: async (_parent, { input }, { deps, identity }) => {
      const result = await startCardSetup(deps, { buyerId: requireBuyerId(identity), idempotencyKey: input.idempotencyKey });
      switch (result.kind) {
        case 'started':
          return {
            __typename: 'StartCardSetupSuccess',
            setupIntentId: result.setupIntentId,
            clientSecret: result.clientSecret,
            publishableKey: deps.stripePublishableKey,
            stripeApiBase: deps.stripeApiBase,
          };
        case 'too_many_stored':
          return tooManyStored(result, 'cards');
        case 'provider_unavailable':
          return unavailable(result, 'Try again with the same key.');
        default:
          return refused(result);
      }
    },

    finishCardSetup: async (_parent, { input }, { deps, identity }) => {
      const result = await finishCardSetup(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        setupIntentId: input.setupIntentId,
        makeDefault: input.makeDefault ?? true,
      });
      switch (result.kind) {
        case 'card':
          return { __typename: 'FinishCardSetupSuccess', paymentMethod: toPaymentMethod(result.card, deps.now()) };
        case 'setup_incomplete': {
          const error: CardSetupIncompleteError = {
            message: 'Stripe has no confirmed card for this setup. Give the card to Stripe, confirm it if the bank asks, then try again.',
            status: result.status,
          };
          return { __typename: 'CardSetupIncompleteError', ...error };
        }
        case 'card_expired': {
          const error: CardExpiredError = { message: 'This card has expired. Use another card.' };
          return { __typename: 'CardExpiredError', ...error };
        }
        case 'not_found':
          return notFound(result, 'There is no such card setup.');
        case 'provider_unavailable':
          return unavailable(result, 'Try again with the same key.');
        default:
          return refused(result);
      }
    },

    setDefaultPaymentMethod: async (_parent, { input }, { deps, identity }) => {
      const result = await setDefaultPaymentMethod(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        paymentMethodId: input.paymentMethodId,
      });
      switch (result.kind) {
        case 'card':
          return { __typename: 'SetDefaultPaymentMethodSuccess', paymentMethod: toPaymentMethod(result.card, deps.now()) };
        case 'not_found':
          return notFound(result, 'There is no such card.');
        default:
          return refused(result);
      }
    },

    deletePaymentMethod: async (_parent, { input }, { deps, identity }) => {
      const result = await deletePaymentMethod(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        paymentMethodId: input.paymentMethodId,
      });
      switch (result.kind) {
        case 'deleted':
          return {
            __typename: 'DeletePaymentMethodSuccess',
            paymentMethodId: result.paymentMethodId,
            defaultPaymentMethod: result.defaultCard === null ? null : toPaymentMethod(result.defaultCard, deps.now()),
          };
        case 'not_found':
          return notFound(result, 'There is no such card.');
        case 'provider_unavailable':
          return unavailable(
            result,
            'The card cannot be used any more, and is being removed there. Try again with the same key to learn when it is done.',
          );
        default:
          return refused(result);
      }
    },

    addAddress: async (_parent, { input }, { deps, identity }) => {
      const { name, line1, line2, city, region, postalCode, country, phone } = input;
      const result = await addAddress(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        address: { name, line1, line2: line2 ?? null, city, region, postalCode, country, phone: phone ?? null },
        makeDefault: input.makeDefault ?? true,
      });
      switch (result.kind) {
        case 'address':
          return { __typename: 'AddAddressSuccess', address: toAddress(result.address) };
        case 'too_many_stored':
          return tooManyStored(result, 'addresses');
        default:
          return refused(result);
      }
    },

    setDefaultAddress: async (_parent, { input }, { deps, identity }) => {
      const result = await setDefaultAddress(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        addressId: input.addressId,
      });
      switch (result.kind) {
        case 'address':
          return { __typename: 'SetDefaultAddressSuccess', address: toAddress(result.address) };
        case 'not_found':
          return notFound(result, 'There is no such address.');
        default:
          return refused(result);
      }
    },

    deleteAddress: async (_parent, { input }, { deps, identity }) => {
      const result = await deleteAddress(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        addressId: input.addressId,
      });
      switch (result.kind) {
        case 'deleted':
          return {
            __typename: 'DeleteAddressSuccess',
            addressId: result.addressId,
            defaultAddress: result.defaultAddress === null ? null : toAddress(result.defaultAddress),
          };
        case 'not_found':
          return notFound(result, 'There is no such address.');
        default:
          return refused(result);
      }
    },
  },

  Viewer: {
    __resolveReference: ({ id }, { identity }) => (findBuyerId(identity) === id ? { id } : null),
    paymentMethods: async ({ id }, _arguments, { deps, identity }) =>
      findBuyerId(identity) === id ? (await deps.cards.list(id)).map((card) => toPaymentMethod(card, deps.now())) : null,
    addresses: async ({ id }, _arguments, { deps, identity }) =>
      findBuyerId(identity) === id ? (await listAddresses(deps, id)).map(toAddress) : null,
    disclosures: async ({ id }, { first, after }, { deps, identity }) => {
      if (findBuyerId(identity) !== id) return null;
      const page = parsePage({ first: first ?? 20, after }, 'dsc');
      const found = await deps.disclosures.list(id, { limit: page.first + 1, afterId: page.afterId });
      const nodes = found.map((disclosure) => ({ ...disclosure, disclosedAt: disclosure.disclosedAt.toISOString() }));
      return toConnection(nodes, page, (disclosure) => disclosure.id);
    },
  },

  PaymentMethod: {
    __resolveReference: async ({ id }, { deps, ownCards }) => {
      const card = isId('pmt', id) ? await ownCards.load(id) : null;
      return card === null ? null : toPaymentMethod(card, deps.now());
    },
  },

  Address: {
    __resolveReference: async ({ id }, { ownAddresses }) => {
      const address = isId('adr', id) ? await ownAddresses.load(id) : null;
      return address === null ? null : toAddress(address);
    },
  },

  Order: {
    __resolveReference: ({ id }, { identity }) => (isOrderFor('buyer', id, identity) ? { id } : null),
    shippingAddress: async ({ id }, _arguments, { ownShippingAddresses }) => toPostalAddress(await ownShippingAddresses.load(id)),
  },

  SellerOrder: {
    // The reference alone discloses nothing; only the field does.
    __resolveReference: ({ id }, { identity }) => (isOrderFor('seller', id, identity) ? { id } : null),
    shippingAddress: async ({ id }, _arguments, { disclosedShippingAddresses }) =>
      toPostalAddress(await disclosedShippingAddresses.load(id)),
  },
};

const isOrderFor = (role: 'buyer' | 'seller', id: string, identity: Context['identity']): boolean =>
  identity.actor.role === role && isId('ord', id);

const toPaymentMethod = (card: Card, now: Date): PaymentMethod => ({
  id: card.id,
  brand: card.brand,
  last4: card.last4,
  expMonth: card.expMonth,
  expYear: card.expYear,
  isExpired: isExpired(card, now),
  isDefault: card.isDefault,
  createdAt: card.createdAt.toISOString(),
});

const toAddress = (address: Address): AddressFields => ({ ...address, createdAt: address.createdAt.toISOString() });

const toPostalAddress = (address: PostalAddress | null): PostalAddressFields | null => (address === null ? null : { ...address });

const tooManyStored = ({ limit }: TooManyStored, what: string): { readonly __typename: 'TooManyStoredError' } & TooManyStoredError => ({
  __typename: 'TooManyStoredError',
  message: `You have ${limit} ${what}, which is as many as can be stored. Delete one first.`,
  limit,
});

const unavailable = (
  { retryAfterMs }: ProviderUnavailable,
  next: string,
): { readonly __typename: 'PaymentProviderUnavailableError' } & PaymentProviderUnavailableError => ({
  __typename: 'PaymentProviderUnavailableError',
  message: `The payment provider did not answer. ${next}`,
  retryAfterMs,
});

const notFound = ({ id }: NotFound, what: string): { readonly __typename: 'NotFoundError' } & NotFoundError => ({
  __typename: 'NotFoundError',
  message: what,
  id,
});

type Refused =
  | ({ readonly __typename: 'InvalidInputError' } & InvalidInputError)
  | ({ readonly __typename: 'IdempotencyKeyReusedError' } & IdempotencyKeyReusedError)
  | ({ readonly __typename: 'IdempotencyKeyInFlightError' } & IdempotencyKeyInFlightError);

function refused(refusal: InvalidInput | IdempotencyRefusal): Refused {
  switch (refusal.kind) {
    case 'invalid_input':
      return { __typename: 'InvalidInputError', message: refusal.message, path: refusal.path };
    case 'idempotency_key_invalid':
      return { __typename: 'InvalidInputError', message: refusal.message, path: ['idempotencyKey'] };
    case 'idempotency_key_reused':
      return { __typename: 'IdempotencyKeyReusedError', message: refusal.message, idempotencyKey: refusal.idempotencyKey };
    case 'idempotency_key_in_flight':
      return { __typename: 'IdempotencyKeyInFlightError', message: refusal.message, retryAfterMs: refusal.retryAfterMs };
    default:
      return unreachable(refusal);
  }
}
