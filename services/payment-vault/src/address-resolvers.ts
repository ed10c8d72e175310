/** Addresses: GraphQL to use cases and back. */
import { isId } from '@vitrine/runtime/ids';
import { addAddress } from './add-address.ts';
import type { Address } from './address.ts';
import { consentOutdated, notFound, refused, stillDeleting, tooManyStored } from './answers.ts';
import { countryOf, findBuyerId, requireBuyerId } from './context.ts';
import { deleteAddress } from './delete-address.ts';
import { toReport } from './deletion-resolvers.ts';
import type { Address as AddressFields, Resolvers } from './generated/schema.ts';
import { listAddresses } from './open-addresses.ts';
import { setAddressLabel } from './set-label.ts';
import { setDefaultAddress } from './set-default-address.ts';
import { unlessErasing } from './unless-erasing.ts';

export const addressResolvers = {
  Mutation: {
    addAddress: async (_parent, { input }, { deps, identity }) => {
      const { name, line1, line2, city, region, postalCode, country, phone } = input;
      const result = await unlessErasing(() =>
        addAddress(deps, {
          buyerId: requireBuyerId(identity),
          idempotencyKey: input.idempotencyKey,
          address: { name, line1, line2: line2 ?? null, city, region, postalCode, country, phone: phone ?? null },
          makeDefault: input.makeDefault ?? true,
          country: countryOf(identity),
          saveConsent: input.saveConsent ?? null,
          label: input.label ?? null,
        }),
      );
      switch (result.kind) {
        case 'address':
          return { __typename: 'AddAddressSuccess', address: toAddress(result.address) };
        case 'consent_outdated':
          return consentOutdated(result);
        case 'too_many_stored':
          return tooManyStored(result, 'addresses');
        case 'deletion_running':
          return stillDeleting(result);
        default:
          return refused(result);
      }
    },

    setAddressLabel: async (_parent, { input }, { deps, identity }) => {
      const result = await setAddressLabel(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        addressId: input.addressId,
        label: input.label ?? null,
      });
      switch (result.kind) {
        case 'address':
          return { __typename: 'SetAddressLabelSuccess', address: toAddress(result.address) };
        case 'not_found':
          return notFound(result, 'There is no such address.');
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
            report: toReport(result.deletion),
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
    addresses: async ({ id }, _arguments, { deps, identity }) =>
      findBuyerId(identity) === id ? (await listAddresses(deps, id)).map(toAddress) : null,
  },

  Address: {
    __resolveReference: async ({ id }, { ownAddresses }) => {
      const address = isId('adr', id) ? await ownAddresses.load(id) : null;
      return address === null ? null : toAddress(address);
    },
  },
} satisfies Resolvers;

const toAddress = (address: Address): AddressFields => ({ ...address, createdAt: address.createdAt.toISOString() });
