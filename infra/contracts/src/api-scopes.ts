/** What a program of a seller may be allowed to do. The names are public: token requests carry them (RFC 6749, section 3.3). */

/** Every scope, and what it allows. Who changes something is told what came of it; to read anything else needs a scope for it. */
export const apiScopeMeanings = {
  'orders:read': 'read the orders of the shop, without where they go',
  'orders:write': 'ship orders, report on parcels, cancel orders',
  'refunds:write': 'refund orders, decide on returns',
  'addresses:read': 'read where to ship an order while that is needed; the buyer sees each reading',
  'contacts:read': 'read what buyers permit the shop to read; the buyer sees each reading',
  'products:read': 'read all products of the shop, and how many pieces there are',
  'products:write': 'create, change and import products, set stock',
  'payouts:read': 'read what the shop gets for its orders, and how its payout account stands',
  'posts:write': 'write and delete posts',
} as const satisfies Readonly<Record<string, string>>;

export type ApiScope = keyof typeof apiScopeMeanings;

export const isApiScope = (value: string): value is ApiScope => Object.hasOwn(apiScopeMeanings, value);

export const apiScopes: readonly ApiScope[] = Object.keys(apiScopeMeanings).filter((name) => isApiScope(name));
