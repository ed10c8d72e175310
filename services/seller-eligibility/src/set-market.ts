/** Opens, closes or tunes a market, and keeps who did it. */
import { appendEvents } from '@vitrine/runtime/outbox';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { marketChanged } from './events.ts';
import { parseInstant } from '@vitrine/contracts/instant';
import { changeMarket, differences } from './market.ts';
import { isPublished } from './store/policies.ts';
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
  readonly returnWindowDays?: number;
  /** One that is published for the market. */
  readonly policyVersion?: string;
}

export type SetMarketResult = { readonly kind: 'set'; readonly country: string } | InvalidInput | IdempotencyRefusal;

export async function setMarket(deps: UseCaseDeps, caller: Caller, command: SetMarketCommand): Promise<SetMarketResult> {
  const { idempotencyKey, ...change } = command;
  const { country } = change;
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
      const settings = changeMarket(current, { ...change, opensAt, closesAt });
      if ('field' in settings) return invalidInput(settings.field, settings.message);
      if (settings.policyVersion !== null && !(await isPublished(transaction, settings.policyVersion, country)))
        return invalidInput('policyVersion', 'policyVersion must be one that is published for this market.');
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
