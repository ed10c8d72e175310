/** Records whether a buyer takes advertising from a seller by a channel. Without a record the answer is no. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import { invalidInput, type InvalidInput } from './address.ts';
import type { ConsentOutdated } from './consent.ts';
import type { Deps } from './deps.ts';
import type { DeletionRunning } from './refusals.ts';
import { lockBuyer } from './store/cards.ts';
import { findDecision, insertDecision, type MarketingChannel, type MarketingDecision } from './store/marketing.ts';
import { unlessErasing } from './unless-erasing.ts';

export type SetMarketingConsentResult =
  | { readonly kind: 'decision'; readonly decision: MarketingDecision }
  | ConsentOutdated
  | DeletionRunning
  | InvalidInput
  | IdempotencyRefusal;

interface Stored {
  readonly kind: 'stored';
  readonly decisionId: string;
}

export async function setMarketingConsent(
  deps: Deps,
  call: {
    readonly buyerId: string;
    /** Of the buyer: which text counts. */
    readonly country: string;
    readonly idempotencyKey: string;
    readonly sellerId: string;
    readonly channel: MarketingChannel;
    readonly granted: boolean;
    /** Of the text that the buyer was shown; not needed to withdraw. */
    readonly textVersion: string | null;
  },
): Promise<SetMarketingConsentResult> {
  const { buyerId, idempotencyKey, sellerId, channel, granted } = call;
  if (!isId('sel', sellerId)) return invalidInput('sellerId', 'This is not the id of a seller, `sel_…`.');
  const textVersion = granted ? call.textVersion : null;
  const text = granted ? (await deps.consents.currentTexts(call.country)).find(({ purpose }) => purpose === 'MARKETING') : undefined;
  if (granted) {
    if (text === undefined) throw new Error(`there is no text for advertising in ${call.country}`);
    if (textVersion !== text.version) return { kind: 'consent_outdated', currentVersion: text.version };
  }
  const country = text?.country ?? null;
  const result = await unlessErasing(() =>
    runIdempotent<Stored>(
      deps.pool,
      { actorId: buyerId, operation: 'setMarketingConsent', idempotencyKey, input: { sellerId, channel, granted, textVersion } },
      async (transaction) => {
        await lockBuyer(transaction, buyerId, 'permissions');
        const known = await findDecision(transaction, buyerId, sellerId, channel);
        if (known !== null && known.granted === granted && known.textVersion === textVersion)
          return { kind: 'stored', decisionId: known.id };
        const decisionId = newId('mkd');
        await insertDecision(transaction, { id: decisionId, buyerId, sellerId, channel, granted, textVersion, country });
        return { kind: 'stored', decisionId };
      },
    ),
  );
  if (result.kind !== 'stored') return result;
  const decision = await deps.marketing.find(buyerId, result.decisionId);
  if (decision === null) throw new Error(`the decision ${result.decisionId} is gone`);
  return { kind: 'decision', decision };
}
