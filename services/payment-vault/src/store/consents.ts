/** SQL of consents and their texts. */
import type { Pool, Transaction } from '@vitrine/runtime/database';
import { homeCountry, type ConsentText } from '../consent.ts';

export type ConsentStore = ReturnType<typeof createConsentStore>;

export interface CurrentText extends ConsentText {
  readonly country: string;
}

export function createConsentStore(pool: Pool) {
  return {
    /** The texts that are shown in a country now, one for each purpose. */
    async currentTexts(country: string): Promise<CurrentText[]> {
      const { rows } = await pool.query<CurrentText>({
        name: 'consent-texts-current',
        text: `select distinct on (purpose) purpose, country, version, body from consent_texts
                where country in ($1, $2) and valid_from <= now() order by purpose, country = $1 desc, valid_from desc, version desc`,
        values: [country, homeCountry],
      });
      return rows;
    },
  };
}

/** Records a consent to saving. Saying so again changes nothing. */
export async function recordConsent(
  transaction: Transaction,
  consent: { readonly buyerId: string; readonly subjectId: string; readonly text: CurrentText },
): Promise<void> {
  const { buyerId, subjectId, text } = consent;
  await transaction.query(
    `insert into consents (buyer_id, purpose, subject_id, text_country, text_version) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [buyerId, text.purpose, subjectId, text.country, text.version],
  );
}

/** What was deleted is not saved any more. */
export async function endConsent(transaction: Transaction, buyerId: string, subjectId: string): Promise<void> {
  await transaction.query('update consents set withdrawn_at = now() where buyer_id = $1 and subject_id = $2 and withdrawn_at is null', [
    buyerId,
    subjectId,
  ]);
}
