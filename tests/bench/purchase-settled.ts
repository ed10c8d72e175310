/** When everything that purchases caused has been done: only then is what they cost complete. */
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { ServiceName } from '@vitrine/local/service-names';

/** What is left to do in each database, as a count; 0 when it is at rest. */
export const leftQueries: Readonly<Partial<Record<ServiceName, string>>> = {
  checkout: `select (select count(*) from orders where status = 'placed')
                  + (select count(*) from purchases where recovery_point <> 'finished')
                  + (select count(*) from outbox where published_at is null) as left`,
  catalog: `select (select count(*) from reservations where status = 'held') + (select count(*) from outbox where published_at is null) as left`,
  'payment-vault': `select (select count(*) from seller_shares where share_at is not null)
                  + (select count(*) from stripe_events where applied_at is null)
                  + (select count(*) from payments where settle_at is not null)
                  + (select count(*) from outbox where published_at is null) as left`,
  'seller-eligibility': `select count(*) as left from outbox where published_at is null`,
};

const lookIntervalMs = 250;

export type Rest = {
  /** @returns how often each database was asked, a transaction each @throws Error that says what is left when it takes too long */
  readonly untilSettled: (timeoutMs: number, signal: AbortSignal) => Promise<number>;
};

/** @param connect opens a connection of the benchmark's own @param sandboxUrl asked for webhooks that are on their way */
export async function createRest(connect: (service: ServiceName) => Promise<pg.Client>, sandboxUrl: string): Promise<Rest> {
  const databases = await Promise.all(
    (Object.keys(leftQueries) as ServiceName[]).map(async (service) => ({
      service,
      client: await connect(service),
      text: leftQueries[service] ?? '',
    })),
  );
  const leftIn = async (): Promise<string[]> => {
    const counts = await Promise.all(
      databases.map(async ({ service, client, text }) => {
        const { rows } = await client.query<{ left: string }>({ name: 'bench-left', text });
        return { service, left: Number(rows[0]?.left) };
      }),
    );
    return counts.flatMap(({ service, left }) => (left === 0 ? [] : [`${service}: ${left}`]));
  };
  const webhooksLeft = async (): Promise<number> => {
    const response = await fetch(`${sandboxUrl}/_sandbox/webhooks?state=pending`);
    const { counts } = (await response.json()) as { readonly counts: { readonly pending: number } };
    return counts.pending;
  };
  return {
    untilSettled: async (timeoutMs, signal) => {
      const deadline = performance.now() + timeoutMs;
      for (let looks = 1; ; looks += 1) {
        signal.throwIfAborted();
        const left = await leftIn();
        if (left.length === 0) {
          const webhooks = await webhooksLeft();
          looks += 1;
          // A webhook that arrived in between has left something to do.
          if (webhooks === 0 && (await leftIn()).length === 0) return looks;
          left.push(`webhooks: ${webhooks}`);
        }
        if (performance.now() > deadline) throw new Error(`not everything has settled after ${timeoutMs} ms: ${left.join(', ')}`);
        await wait(lookIntervalMs);
      }
    },
  };
}
