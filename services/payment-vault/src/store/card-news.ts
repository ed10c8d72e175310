/** SQL of what Stripe did to stored cards by itself. */
import { withTransaction, type Pool } from '@vitrine/runtime/database';
import type { CardFacts } from '../card.ts';
import { listCards, lockBuyer, makeCardDefault } from './cards.ts';

export type CardNewsStore = ReturnType<typeof createCardNewsStore>;

export function createCardNewsStore(pool: Pool) {
  /** The cards stay to be seen; the buyer's newest other card is the default from then on. */
  const withdraw = async (where: 'm.stripe_payment_method_id = $1' | 'c.stripe_customer_id = $1', id: string): Promise<void> => {
    const { rows: owners } = await pool.query<{ buyer_id: string }>(
      `select distinct m.buyer_id from payment_methods m left join stripe_customers c on c.buyer_id = m.buyer_id where ${where} and m.status = 'active'`,
      [id],
    );
    for (const { buyer_id: buyerId } of owners) {
      await withTransaction(pool, async (transaction) => {
        await lockBuyer(transaction, buyerId, 'cards');
        await transaction.query(
          `update payment_methods m set status = 'withdrawn', is_default = false
             from payment_methods own left join stripe_customers c on c.buyer_id = own.buyer_id
            where own.id = m.id and m.status = 'active' and m.buyer_id = $2 and ${where}`,
          [id, buyerId],
        );
        const first = (await listCards(transaction, buyerId)).find(({ isSaved }) => isSaved);
        if (first !== undefined && !first.isDefault) await makeCardDefault(transaction, buyerId, first.id);
      });
    }
  };

  return {
    /** Whether a payment method of Stripe is a card that a buyer can use. */
    async isUsable(stripePaymentMethodId: string): Promise<boolean> {
      const { rowCount } = await pool.query(`select 1 from payment_methods where stripe_payment_method_id = $1 and status = 'active'`, [
        stripePaymentMethodId,
      ]);
      return rowCount === 1;
    },

    /** Stripe has let the card go, so it cannot be charged any more. */
    withdrawCard: (stripePaymentMethodId: string): Promise<void> => withdraw('m.stripe_payment_method_id = $1', stripePaymentMethodId),

    /** Stripe has deleted the customer, and all cards with it. */
    async withdrawCardsOfCustomer(stripeCustomerId: string): Promise<void> {
      await withdraw('c.stripe_customer_id = $1', stripeCustomerId);
      // The next card makes another one.
      await pool.query('delete from stripe_customers where stripe_customer_id = $1', [stripeCustomerId]);
    },

    /** The bank has replaced the card: its new expiry and last digits. */
    async refreshCard(card: CardFacts): Promise<void> {
      await pool.query(
        `update payment_methods set brand = $2, last4 = $3, exp_month = $4, exp_year = $5, fingerprint = coalesce($6, fingerprint)
          where stripe_payment_method_id = $1 and status = 'active'
            and not exists (select 1 from payment_methods o where o.buyer_id = payment_methods.buyer_id and o.fingerprint = $6 and o.status = 'active' and o.saved and o.id <> payment_methods.id)`,
        [card.stripePaymentMethodId, card.brand, card.last4, card.expMonth, card.expYear, card.fingerprint],
      );
    },
  };
}
