/** Opens, closes or tunes a market, and keeps who did it. */
import { appendEvents } from '@vitrine/runtime/outbox';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { marketChanged } from './events.ts';
import { parseInstant } from '@vitrine/contracts/instant';
import { changeMarket, differences } from './market.ts';
import { lockMarket, recordMarketChange, saveMarket } from './store/markets.ts';
import { invalidInput, type Caller, type InvalidInput, type UseCaseDeps } from './use-case.ts';

/** A field that is undefined stays as it is; null removes a date. */
export interface SetMarketCommand {
  readonly idempotencyKey: string;
  readonly country: string;
  readonly currency?: string;
  /** RFC 3339. */
  readonly opensAt?: unknown;
  /** RFC 3339. */
  readonly closesAt?: unknown;
  readonly buyerShareBps?: number;
  readonly undoWindowSeconds?: number;
  readonly platformFeeBps?: number;
}

export type SetMarketResult = { readonly kind: 'set'; readonly country: string } | InvalidInput | IdempotencyRefusal;

export async function setMarket(deps: UseCaseDeps, caller: Caller, command: SetMarketCommand): Promise<SetMarketResult> {
  const { idempotencyKey, country, currency, buyerShareBps, undoWindowSeconds, platformFeeBps } = command;
  const opensAt = parseDate(command.opensAt);
  if (opensAt === 'wrong') return invalidInput('opensAt', 'opensAt must be an instant like 2026-11-23T08:30:00.000Z, or null.');
  const closesAt = parseDate(command.closesAt);
  if (closesAt === 'wrong') return invalidInput('closesAt', 'closesAt must be an instant like 2026-11-23T08:30:00.000Z, or null.');

  const call = { actorId: caller.accountId, operation: 'setMarket', idempotencyKey, input: command };
  const result = await runIdempotent<SetMarketResult>(
    deps.pool,
    call,
    async (transaction) => {
      const current = await lockMarket(transaction, country);
      const settings = changeMarket(current, { country, currency, opensAt, closesAt, buyerShareBps, undoWindowSeconds, platformFeeBps });
      if ('field' in settings) return invalidInput(settings.field, settings.message);
      const changes = differences(current, settings);
      if (Object.keys(changes).length > 0) {
        const market = await saveMarket(transaction, settings);
        await recordMarketChange(transaction, { market, changes, changedBy: caller.accountId });
        await appendEvents(transaction, [marketChanged(market, caller.requestId)]);
      }
      return { kind: 'set', country };
    },
    ({ kind }) => kind === 'set',
  );
  if (result.kind === 'set') deps.wakeRelay();
  return result;
}

function parseDate(value: unknown): Date | null | undefined | 'wrong' {
  return value === undefined || value === null ? value : (parseInstant(value) ?? 'wrong');
}
