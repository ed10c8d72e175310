/** SQL of a buyer's copy of everything: one snapshot of the tables, so that what belongs together is together. */
import { withTransaction, type Pool, type Transaction } from '@vitrine/runtime/database';
import type { DataExport } from '@vitrine/contracts/data-export';
import type { SealedLabel } from '../label.ts';
import type { StoredOrderAddress } from './addresses.ts';

/** What the export is made of; what is sealed still is. Addresses come from their own store. */
export interface ExportedRows extends Omit<DataExport, 'version' | 'generatedAt' | 'buyerId' | 'addresses' | 'orderAddresses'> {
  /** By card. */
  readonly cardLabels: ReadonlyMap<string, SealedLabel>;
  readonly orderAddresses: readonly (StoredOrderAddress &
    Pick<DataExport['orderAddresses'][number], 'sellerId' | 'readableUntil' | 'createdAt'>)[];
}

/** Instants as the export writes them. */
const at = (column: string): string => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

type Listed = Exclude<keyof ExportedRows, 'cardLabels' | 'orderAddresses' | 'paymentProviderAccount'>;

/** Each section as an SQL query of JSON objects of the buyer `$1`, newest first. */
const sections: Readonly<Record<Listed | 'paymentProviderAccount', string>> = {
  cards: `select jsonb_build_object('id', id, 'brand', brand, 'last4', last4, 'expMonth', exp_month, 'expYear', exp_year, 'fingerprint', fingerprint,
                                    'label', null, 'saved', saved, 'status', status, 'isDefault', is_default, 'createdAt', ${at('created_at')}) as item
            from payment_methods where buyer_id = $1 order by id desc`,
  cardSetups: `select jsonb_build_object('setupIntentId', setup_intent_id, 'createdAt', ${at('created_at')}) as item
                 from card_setups where buyer_id = $1 order by created_at desc`,
  paymentProviderAccount: `select jsonb_build_object('provider', 'Stripe', 'customerId', stripe_customer_id, 'createdAt', ${at('created_at')}) as item
                             from (select stripe_customer_id, created_at, 1 as place from stripe_customers where buyer_id = $1
                                   union all select stripe_customer_id, created_at, 2 from customer_deletions where buyer_id = $1) accounts
                            order by place`,
  payments: `select jsonb_build_object('paymentId', p.payment_id, 'orderId', p.order_id, 'sellerId', p.seller_id, 'paymentMethodId', p.payment_method_id,
                      'addressId', p.address_id, 'amount', jsonb_build_object('amountMinor', p.amount_minor, 'currency', p.currency),
                      'capturedMinor', p.captured_minor, 'status', p.status, 'declineReason', p.decline_reason, 'createdAt', ${at('p.created_at')},
                      'authorizedAt', ${at('p.authorized_at')}, 'capturedAt', ${at('p.captured_at')}, 'endedAt', ${at('p.ended_at')},
                      'refunds', coalesce((select jsonb_agg(jsonb_build_object('refundId', r.refund_id, 'amountMinor', r.amount_minor, 'reason', r.reason,
                                                    'status', r.status, 'createdAt', ${at('r.created_at')}, 'refundedAt', ${at('r.refunded_at')}) order by r.refund_id)
                                             from refunds r where r.order_id = p.order_id), '[]'),
                      'disputes', coalesce((select jsonb_agg(jsonb_build_object('amountMinor', d.amount_minor, 'reason', d.reason, 'status', d.status,
                                                     'openedAt', ${at('d.opened_at')}, 'closedAt', ${at('d.closed_at')}) order by d.id)
                                              from disputes d where d.order_id = p.order_id), '[]')) as item
               from payments p where p.buyer_id = $1 order by p.order_id desc`,
  consents: `select jsonb_build_object('purpose', purpose, 'subjectId', subject_id, 'country', text_country, 'textVersion', text_version, 'givenAt', ${at('given_at')}, 'withdrawnAt', ${at('withdrawn_at')}) as item
               from consents where buyer_id = $1 order by given_at desc`,
  permissions: `select jsonb_build_object('id', id, 'sellerId', seller_id, 'fields', fields, 'purpose', purpose, 'expiresAt', ${at('expires_at')},
                         'revokedAt', ${at('revoked_at')}, 'createdAt', ${at('created_at')}) as item
                  from permissions where buyer_id = $1 order by id desc`,
  marketingDecisions: `select jsonb_build_object('id', id, 'sellerId', seller_id, 'channel', channel, 'granted', granted, 'textVersion', text_version,
                                'country', country, 'decidedAt', ${at('decided_at')}) as item
                         from marketing_decisions where buyer_id = $1 order by id desc`,
  disclosures: `select jsonb_build_object('id', id, 'sellerId', seller_id, 'purpose', purpose, 'orderId', order_id, 'permissionId', permission_id,
                         'fields', fields, 'disclosedAt', ${at('disclosed_at')}) as item
                  from disclosures where buyer_id = $1 order by id desc`,
  deletions: `select jsonb_build_object('id', id, 'scope', scope, 'subjectId', subject_id, 'requestedAt', ${at('requested_at')},
                       'completedAt', ${at('completed_at')}, 'deleted', deleted, 'kept', kept) as item
                from deletions where buyer_id = $1 and origin = 'buyer' order by id desc`,
  requests: `select jsonb_build_object('operation', operation, 'createdAt', ${at('created_at')}) as item
               from idempotency_keys where actor_id = $1 order by created_at desc`,
};

export type ExportStore = ReturnType<typeof createExportStore>;

export function createExportStore(pool: Pool) {
  const readSection = async (transaction: Transaction, buyerId: string, name: keyof typeof sections): Promise<unknown[]> => {
    const { rows } = await transaction.query<{ item: unknown }>(sections[name], [buyerId]);
    return rows.map(({ item }) => item);
  };
  return {
    async read(buyerId: string): Promise<ExportedRows> {
      return withTransaction(pool, async (transaction) => {
        await transaction.query('set transaction isolation level repeatable read read only');
        const listed: Record<string, unknown> = {};
        for (const name of Object.keys(sections) as (keyof typeof sections)[]) listed[name] = await readSection(transaction, buyerId, name);
        const labels = await transaction.query<{ id: string; label: Buffer; label_key_version: number }>(
          'select id, label, label_key_version from payment_methods where buyer_id = $1 and label is not null',
          [buyerId],
        );
        const copies = await transaction.query<{
          order_id: string;
          ciphertext: Buffer;
          key_version: number;
          seller_id: string | null;
          readable_until: string | null;
          created_at: string;
        }>(
          `select a.order_id, a.ciphertext, a.key_version, g.seller_id, ${at('a.created_at')} as created_at,
                  case when p.status = 'captured' then ${at('g.expires_at')} end as readable_until
             from order_addresses a join payments p on p.order_id = a.order_id left join grants g on g.order_id = a.order_id
            where a.buyer_id = $1 order by a.order_id desc`,
          [buyerId],
        );
        const { paymentProviderAccount, ...lists } = listed;
        // The queries above make these shapes; a test checks every export against the contract.
        return {
          ...(lists as Pick<ExportedRows, Listed>),
          paymentProviderAccount: (paymentProviderAccount as ExportedRows['paymentProviderAccount'][])[0] ?? null,
          cardLabels: new Map(labels.rows.map((row) => [row.id, { ciphertext: row.label, keyVersion: row.label_key_version }])),
          orderAddresses: copies.rows.map((row) => ({
            orderId: row.order_id,
            buyerId,
            ciphertext: row.ciphertext,
            keyVersion: row.key_version,
            sellerId: row.seller_id,
            readableUntil: row.readable_until,
            createdAt: row.created_at,
          })),
        };
      });
    },
  };
}
