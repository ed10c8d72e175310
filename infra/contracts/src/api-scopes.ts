/** What a program of a seller may be allowed to do. The names are public: token requests carry them (RFC 6749, section 3.3). */

export const apiScopes = ['orders:read', 'orders:write', 'products:read', 'products:write', 'payouts:read', 'posts:write'] as const;
export type ApiScope = (typeof apiScopes)[number];

export const isApiScope = (value: string): value is ApiScope => apiScopes.some((scope) => scope === value);
