/** Makes an API client with its first key. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { newId } from '@vitrine/runtime/ids';
import type { NotAllowed } from './accept-invitation.ts';
import { maxClients, parseSettings } from './api-client.ts';
import { issueKey, readKeyWish, type IssuedKey } from './issue-key.ts';
import { lockOwnSeller, noSeller, type Person } from './own-seller.ts';
import { countClients, insertClient } from './store/api-clients.ts';
import type { InvalidInput, UseCaseDeps } from './use-case.ts';

export interface CreateApiClientCommand {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly ipAllowList: readonly string[];
  /** A JSON Web Key as text; null for a secret. */
  readonly publicKey: string | null;
  /** RFC 3339; null for a key without an end. */
  readonly keyExpiresAt: unknown;
}

/** What is remembered of a key that was issued; whoever repeats the call gets no more than this. */
export interface KeyIssued {
  readonly kind: 'issued';
  readonly clientId: string;
  readonly keyId: string;
  readonly hasSecret: boolean;
}

export interface LimitReached {
  readonly kind: 'limit_reached';
  readonly limit: number;
  readonly message: string;
}

/** `secret`: null where there is none, or it was shown before. */
export type WithSecret<Result> = { readonly result: Result; readonly secret: string | null };

export type CreateApiClientResult = KeyIssued | LimitReached | NotAllowed | InvalidInput | IdempotencyRefusal;

export async function createApiClient(
  { pool }: UseCaseDeps,
  person: Person,
  command: CreateApiClientCommand,
): Promise<WithSecret<CreateApiClientResult>> {
  const settings = parseSettings(command);
  if ('message' in settings) return { result: { kind: 'invalid_input', ...settings }, secret: null };
  const wish = readKeyWish(
    { publicKey: command.publicKey, expiresAt: command.keyExpiresAt },
    { publicKey: 'publicKey', expiresAt: 'keyExpiresAt' },
  );
  if ('message' in wish) return { result: { kind: 'invalid_input', ...wish }, secret: null };

  // The secret leaves the transaction beside its result, which is stored.
  let issued: IssuedKey | undefined;
  const { idempotencyKey } = command;
  const result = await runIdempotent<CreateApiClientResult>(
    pool,
    { actorId: person.accountId, operation: 'createApiClient', idempotencyKey, input: { ...command, sellerId: person.sellerId } },
    async (transaction) => {
      const seller = await lockOwnSeller(transaction, person);
      if (seller === null) return noSeller;
      if (seller.status === 'invited') return { kind: 'not_allowed', message: 'Accept the invitation to sell first.' };
      if ((await countClients(transaction, seller.sellerId)) >= maxClients)
        return { kind: 'limit_reached', limit: maxClients, message: `A seller has ${maxClients} API clients at most: revoke one first.` };
      const clientId = newId('apc');
      await insertClient(transaction, { ...settings, clientId, sellerId: seller.sellerId, createdBy: person.accountId });
      issued = await issueKey(transaction, { clientId, wish, createdBy: person.accountId });
      return { kind: 'issued', clientId, keyId: issued.keyId, hasSecret: issued.secret !== null };
    },
    ({ kind }) => kind === 'issued',
  );
  return { result, secret: issued?.secret ?? null };
}
