/** Gives an API client a further key, so that the one in use can be replaced without a call that fails. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { NotAllowed } from './accept-invitation.ts';
import { maxKeys } from './api-client.ts';
import type { KeyIssued, LimitReached, WithSecret } from './create-api-client.ts';
import { issueKey, readKeyWish, type IssuedKey } from './issue-key.ts';
import { lockOwnSeller, noSeller, type Person } from './own-seller.ts';
import { countKeys, findClient } from './store/api-clients.ts';
import { notFound, type InvalidInput, type NotFound, type UseCaseDeps } from './use-case.ts';

export interface AddApiClientKeyCommand {
  readonly idempotencyKey: string;
  readonly clientId: string;
  /** A JSON Web Key as text; null for a secret. */
  readonly publicKey: string | null;
  /** RFC 3339; null for a key without an end. */
  readonly expiresAt: unknown;
}

export type AddApiClientKeyResult = KeyIssued | LimitReached | NotFound | NotAllowed | InvalidInput | IdempotencyRefusal;

export async function addApiClientKey(
  { pool }: UseCaseDeps,
  person: Person,
  command: AddApiClientKeyCommand,
): Promise<WithSecret<AddApiClientKeyResult>> {
  const { idempotencyKey, clientId } = command;
  const wish = readKeyWish(command, { publicKey: 'publicKey', expiresAt: 'expiresAt' });
  if ('message' in wish) return { result: { kind: 'invalid_input', ...wish }, secret: null };

  let issued: IssuedKey | undefined;
  const result = await runIdempotent<AddApiClientKeyResult>(
    pool,
    { actorId: person.accountId, operation: 'addApiClientKey', idempotencyKey, input: { ...command, sellerId: person.sellerId } },
    async (transaction) => {
      const seller = await lockOwnSeller(transaction, person);
      if (seller === null) return noSeller;
      const client = await findClient(transaction, clientId, seller.sellerId);
      if (client === null || client.revokedAt !== null) return notFound(clientId, 'API client');
      if ((await countKeys(transaction, clientId)) >= maxKeys)
        return { kind: 'limit_reached', limit: maxKeys, message: `An API client has ${maxKeys} keys at most: revoke one first.` };
      issued = await issueKey(transaction, { clientId, wish, createdBy: person.accountId });
      return { kind: 'issued', clientId, keyId: issued.keyId, hasSecret: issued.secret !== null };
    },
    ({ kind }) => kind === 'issued',
  );
  return { result, secret: issued?.secret ?? null };
}
