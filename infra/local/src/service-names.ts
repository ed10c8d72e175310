/** The processes of Vitrine, by the names that they sign their calls with. */

export const serviceNames = ['timeline', 'catalog', 'checkout', 'payment-vault', 'seller-eligibility'] as const;

export type ServiceName = (typeof serviceNames)[number];

/** A process of our own. */
export type ProcessName = ServiceName | 'gateway';

/** The processes that keep a database: every service, and the gateway, which keeps the operations and the apps that it lets in. */
export const databaseOwners = [...serviceNames, 'gateway'] as const satisfies readonly ProcessName[];

/** Whoever signs calls: the processes, and the operators' command line. */
export type CallerName = ProcessName | 'ops';
