/**
 * Keys with which one process signs its calls to another: one for each pair that may talk, known to
 * these two only.
 */
import { key } from './secrets.ts';
import type { Secrets } from './secrets.ts';
import { serviceNames } from './service-names.ts';
import type { CallerName, ServiceName } from './service-names.ts';

type Pair = { readonly from: CallerName; readonly to: ServiceName };

/** Who may call whom. A pair that is not here cannot make a call that is accepted. */
const pairs: readonly Pair[] = [
  ...serviceNames.map((to) => ({ from: 'gateway', to }) as const),
  ...serviceNames.map((to) => ({ from: 'ops', to }) as const),
  { from: 'checkout', to: 'catalog' },
  { from: 'checkout', to: 'seller-eligibility' },
  { from: 'checkout', to: 'payment-vault' },
  { from: 'catalog', to: 'checkout' },
];

/** The value of `IDENTITY_KEYS` for one process: the keys of the pairs it belongs to, and no other. */
export function identityKeysFor(name: CallerName, secrets: Secrets): string {
  return pairs
    .filter((pair) => pair.from === name || pair.to === name)
    .map(({ from, to }) => {
      const secret = secrets.get(`identity:${from}>${to}`, key);
      return `${from}>${to}:local:${secret}`;
    })
    .join(',');
}
