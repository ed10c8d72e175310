/**
 * What a seller reads of buyers who permitted it: the permitted fields of their default addresses, under the permission's
 * id, which tells nobody that two sellers know the same buyer. Nothing is kept between two reads.
 */
import { newId } from '@vitrine/runtime/ids';
import type { PageRequest } from '@vitrine/runtime/page';
import type { PostalAddress } from './address.ts';
import type { Deps } from './deps.ts';
import type { PermissionPurpose, SharedField } from './permission.ts';
import { openAddress } from './sealed-address.ts';
import type { SharedRow } from './store/permissions.ts';

export interface SharedContact {
  /** The permission's id. */
  readonly id: string;
  readonly purpose: PermissionPurpose;
  readonly expiresAt: Date;
  readonly name: string | null;
  readonly deliveryAddress: Omit<PostalAddress, 'name' | 'phone'> | null;
  readonly phone: string | null;
}

const needs: Readonly<Record<string, SharedField>> = { name: 'NAME', phone: 'PHONE', deliveryAddress: 'DELIVERY_ADDRESS' };

/**
 * `leaves`: the fields of a contact that are asked for, for example `deliveryAddress.city`. The ledger is written first:
 * should an address then not open, the ledger says more than was shown, never less.
 */
export async function readSharedDetails(
  deps: Pick<Deps, 'permissions' | 'keys'>,
  reader: { readonly sellerId: string; readonly accountId: string },
  leaves: readonly string[],
  page: PageRequest,
): Promise<{ readonly contacts: SharedContact[]; readonly hasMore: boolean }> {
  const asked = leaves.flatMap((field) => {
    const needed = needs[field.split('.')[0] ?? ''];
    return needed === undefined ? [] : [{ field, needs: needed }];
  });
  const disclosureIds = Array.from({ length: page.first }, () => newId('dsc'));
  const { rows, hasMore } = await deps.permissions.read(reader, asked, { ...page, disclosureIds });
  return { hasMore, contacts: await Promise.all(rows.map((row) => toContact(deps, row))) };
}

async function toContact(deps: Pick<Deps, 'keys'>, row: SharedRow): Promise<SharedContact> {
  const { permissionId: id, purpose, expiresAt, fields } = row;
  const address = await open(deps, row);
  const permitted = (field: SharedField): PostalAddress | null => (fields.includes(field) ? address : null);
  const shipTo = permitted('DELIVERY_ADDRESS');
  return {
    id,
    purpose,
    expiresAt,
    name: permitted('NAME')?.name ?? null,
    deliveryAddress:
      shipTo === null
        ? null
        : {
            line1: shipTo.line1,
            line2: shipTo.line2,
            city: shipTo.city,
            region: shipTo.region,
            postalCode: shipTo.postalCode,
            country: shipTo.country,
          },
    phone: permitted('PHONE')?.phone ?? null,
  };
}

async function open(deps: Pick<Deps, 'keys'>, { address }: SharedRow): Promise<PostalAddress | null> {
  if (address === null) return null;
  const { id, buyerId, keyVersion, ciphertext } = address;
  const key = await deps.keys.find(buyerId, keyVersion);
  return key === null ? null : openAddress(key, { table: 'addresses', buyerId, rowId: id, keyVersion }, ciphertext);
}
