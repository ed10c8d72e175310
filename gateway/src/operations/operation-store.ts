/** Every SQL statement about operations: what is published, by which app versions, and how often it is used. */
import { withTransaction, type Pool } from '@vitrine/runtime/database';
import type { GraphName } from '../graphs.ts';
import type { ManifestOperation, OperationKind } from './manifest.ts';
import type { OperationShape } from './operation-shape.ts';
import { savePlans, type OperationPlan } from './plan-store.ts';

/** An app version: `ios` and `5.2.0`; in counts also `unknown`. */
export interface AppVersion {
  readonly platform: string;
  readonly version: string;
}

/** A published operation that is in force, and for whom. */
export interface StoredOperation extends ManifestOperation {
  readonly graph: GraphName;
  /** App versions that have it and are not retired; at least one. */
  readonly apps: readonly AppVersion[];
}

export interface Publication extends AppVersion {
  readonly graph: GraphName;
  readonly operationId: string;
  readonly shape: OperationShape;
}

export interface UseCount extends AppVersion {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly graph: GraphName;
  readonly operationId: string;
  readonly uses: number;
  readonly failures: number;
}

export interface UseTotal extends AppVersion {
  readonly graph: GraphName;
  readonly operationId: string;
  readonly uses: number;
  readonly failures: number;
  readonly lastDay: string;
}

export type PublishResult =
  | { readonly kind: 'published'; readonly newOperations: number; readonly newPublications: number }
  /** These ids are taken, with other texts; nothing was stored. */
  | { readonly kind: 'other-text'; readonly ids: readonly string[] };

export interface OperationStore {
  /** The number of changes of the list so far. */
  revision(): Promise<number>;
  /** Everything in force, with the revision that it is of. */
  load(): Promise<{ readonly revision: number; readonly operations: readonly StoredOperation[] }>;
  /**
   * Stores operations of an app version, all or none; the same again changes nothing, and a retired one is in force again.
   * @param planned plans of these operations, stored with them so that no gateway process has to make them
   */
  publish(
    graph: GraphName,
    app: AppVersion,
    operations: readonly (ManifestOperation & { readonly shape: OperationShape })[],
    planned?: { readonly planningHash: string; readonly plans: readonly OperationPlan[] },
  ): Promise<PublishResult>;
  /** @returns how many operations the app version had in force */
  retire(app: AppVersion): Promise<number>;
  /** What apps that are not retired rely on. */
  publications(): Promise<readonly Publication[]>;
  /** Adds up; counts of the same key may be given again and again. */
  addUses(counts: readonly UseCount[]): Promise<void>;
  /** @param days how many days back, today included */
  usesOf(days: number): Promise<readonly UseTotal[]>;
  /** Deletes counts that are older than this many days. */
  pruneUses(days: number): Promise<void>;
}

interface OperationRow {
  readonly graph: GraphName;
  readonly operation_id: string;
  readonly name: string;
  readonly kind: OperationKind;
  readonly body: string;
  readonly apps: readonly AppVersion[];
}

export function createOperationStore(pool: Pool): OperationStore {
  return {
    async revision() {
      const { rows } = await pool.query<{ revision: number }>({
        name: 'operation-revision',
        text: `select revision from operation_revision`,
      });
      return rows[0]?.revision ?? 0;
    },

    async load() {
      // One statement, so that the list is that of the revision.
      const { rows } = await pool.query<{ revision: number; operations: readonly OperationRow[] }>({
        name: 'load-operations',
        text: `select revision, coalesce((
                 select jsonb_agg(jsonb_build_object('graph', o.graph, 'operation_id', o.operation_id, 'name', o.name,
                                                     'kind', o.kind, 'body', o.body, 'apps', p.apps)
                                  order by o.graph, o.operation_id)
                   from (select graph, operation_id,
                                jsonb_agg(jsonb_build_object('platform', platform, 'version', version) order by platform, published_at) as apps
                           from operation_publications where retired_at is null group by graph, operation_id) as p
                   join operations as o using (graph, operation_id)), '[]') as operations
                 from operation_revision`,
      });
      const [row] = rows;
      if (row === undefined) throw new Error('operation_revision has lost its row');
      return {
        revision: row.revision,
        operations: row.operations.map(({ operation_id: id, ...rest }) => ({ id, ...rest })),
      };
    },

    publish: (graph, app, operations, planned) =>
      withTransaction(pool, async (transaction): Promise<PublishResult> => {
        // One publication at a time: the row stays locked until the end.
        await transaction.query(`select revision from operation_revision for update`);
        const ids = operations.map(({ id }) => id);
        const bodies = operations.map(({ body }) => body);
        const { rows: taken } = await transaction.query<{ operation_id: string }>(
          `select o.operation_id from unnest($2::text[], $3::text[]) as given (operation_id, body)
             join operations as o on o.graph = $1 and o.operation_id = given.operation_id
            where o.body <> given.body order by 1`,
          [graph, ids, bodies],
        );
        if (taken.length > 0) return { kind: 'other-text', ids: taken.map(({ operation_id: id }) => id) };
        const { rowCount: newOperations } = await transaction.query(
          `insert into operations (graph, operation_id, name, kind, body)
           select $1, given.* from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as given
           on conflict (graph, operation_id) do nothing`,
          [graph, ids, operations.map(({ name }) => name), operations.map(({ kind }) => kind), bodies],
        );
        if (planned !== undefined) await savePlans(transaction, { graph, planningHash: planned.planningHash }, planned.plans);
        const { rowCount: newPublications } = await transaction.query(
          `insert into operation_publications as known (platform, version, graph, operation_id, shape)
           select $1, $2, $3, given.* from unnest($4::text[], $5::jsonb[]) as given
           on conflict (platform, version, graph, operation_id) do update
             set retired_at = null, published_at = now(), shape = excluded.shape where known.retired_at is not null`,
          [app.platform, app.version, graph, ids, operations.map(({ shape }) => JSON.stringify(shape))],
        );
        if ((newPublications ?? 0) > 0) await transaction.query(`update operation_revision set revision = revision + 1`);
        return { kind: 'published', newOperations: newOperations ?? 0, newPublications: newPublications ?? 0 };
      }),

    retire: (app) =>
      withTransaction(pool, async (transaction) => {
        await transaction.query(`select revision from operation_revision for update`);
        const { rowCount } = await transaction.query(
          `update operation_publications set retired_at = now() where platform = $1 and version = $2 and retired_at is null`,
          [app.platform, app.version],
        );
        if ((rowCount ?? 0) > 0) await transaction.query(`update operation_revision set revision = revision + 1`);
        return rowCount ?? 0;
      }),

    async publications() {
      const { rows } = await pool.query<Publication>(
        `select platform, version, graph, operation_id as "operationId", shape from operation_publications
          where retired_at is null order by platform, published_at, version, graph, operation_id`,
      );
      return rows;
    },

    async addUses(counts) {
      await pool.query({
        name: 'add-operation-uses',
        text: `insert into operation_uses as known (day, graph, operation_id, platform, version, uses, failures)
               select * from unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
               on conflict (day, graph, operation_id, platform, version) do update
                 set uses = known.uses + excluded.uses, failures = known.failures + excluded.failures`,
        values: [
          counts.map(({ day }) => day),
          counts.map(({ graph }) => graph),
          counts.map(({ operationId }) => operationId),
          counts.map(({ platform }) => platform),
          counts.map(({ version }) => version),
          counts.map(({ uses }) => uses),
          counts.map(({ failures }) => failures),
        ],
      });
    },

    async usesOf(days) {
      const { rows } = await pool.query<UseTotal>(
        `select graph, operation_id as "operationId", platform, version, sum(uses)::bigint as uses, sum(failures)::bigint as failures,
                to_char(max(day), 'YYYY-MM-DD') as "lastDay"
           from operation_uses where day > (now() at time zone 'utc')::date - $1::integer
          group by graph, operation_id, platform, version order by graph, uses desc, operation_id, platform, version`,
        [days],
      );
      return rows;
    },

    async pruneUses(days) {
      await pool.query({
        name: 'prune-operation-uses',
        text: `delete from operation_uses where day < (now() at time zone 'utc')::date - $1::integer`,
        values: [days],
      });
    },
  };
}
