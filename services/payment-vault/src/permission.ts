/** Permissions: what a buyer lets one seller read outside of an order, what for, and how long. */

export const sharedFields = ['NAME', 'DELIVERY_ADDRESS', 'PHONE'] as const;
/** There is no such field of a card, and cannot be: nothing but an address is read by a permission. */
export type SharedField = (typeof sharedFields)[number];

export type PermissionPurpose = 'SUPPORT' | 'WARRANTY' | 'SAMPLES' | 'LOYALTY';

export interface Permission {
  /** `prm_…` */
  readonly id: string;
  readonly sellerId: string;
  readonly fields: readonly SharedField[];
  readonly purpose: PermissionPurpose;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
}

export type PermissionStatus = 'ACTIVE' | 'EXPIRED' | 'REVOKED';

export const permissionStatus = ({ revokedAt, expiresAt }: Permission, now: Date): PermissionStatus =>
  revokedAt !== null ? 'REVOKED' : expiresAt <= now ? 'EXPIRED' : 'ACTIVE';

/** A buyer who forgets a permission is not read for ever. */
export const maxPermissionDays = 365;
/** Of one buyer at the same time. */
export const maxPermissions = 100;
