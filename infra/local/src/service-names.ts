/** The five services and the parties that sign calls to each other. */

export const serviceNames = [
  'timeline',
  'catalog',
  'checkout',
  'payment-vault',
  'seller-eligibility',
] as const;

export type ServiceName = (typeof serviceNames)[number];
