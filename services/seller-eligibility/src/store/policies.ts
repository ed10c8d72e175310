/** The texts that buyers buy on, by version. They are published by migrations. */
import type { Queryable } from '@vitrine/runtime/database';

export interface PolicyText {
  readonly topic: 'TERMS_OF_SALE' | 'SHIPPING' | 'RETURNS';
  readonly body: string;
}

/** The texts of a version; none when there is no such version. */
export async function listPolicyTexts(queryable: Queryable, version: string): Promise<readonly PolicyText[]> {
  const { rows } = await queryable.query<PolicyText>({
    name: 'policy-texts',
    text: 'select topic, body from policy_texts where version = $1 order by topic',
    values: [version],
  });
  return rows;
}

/** Whether a version is published for a market. */
export async function isPublished(queryable: Queryable, version: string, country: string): Promise<boolean> {
  const { rowCount } = await queryable.query('select from policy_versions where version = $1 and country = $2', [version, country]);
  return rowCount === 1;
}
