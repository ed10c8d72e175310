/** Ends an API client, or one of its keys, for good: within seconds nothing that was got with it is accepted any more. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { NotAllowed } from './accept-invitation.ts';
import { lockOwnSeller, noSeller, type Person } from './own-seller.ts';
import { endClient, endKey, findClient, findKey } from './store/api-clients.ts';
import { notFound, type NotFound, type UseCaseDeps } from './use-case.ts';

export interface RevokeApiClientCommand {
  readonly idempotencyKey: string;
  readonly clientId: string;
  /** One of the client's keys; null to end the client with all of them. */
  readonly keyId: string | null;
}

export type RevokeApiClientResult = { readonly kind: 'revoked'; readonly clientId: string } | NotFound | NotAllowed | IdempotencyRefusal;

/** What has ended before stays as it is, and is answered as if it had ended now. */
export async function revokeApiClient(
  { pool }: UseCaseDeps,
  person: Person,
  command: RevokeApiClientCommand,
): Promise<RevokeApiClientResult> {
  const { idempotencyKey, clientId, keyId } = command;
  const operation = keyId === null ? 'revokeApiClient' : 'revokeApiClientKey';
  return runIdempotent<RevokeApiClientResult>(
    pool,
    { actorId: person.accountId, operation, idempotencyKey, input: { ...command, sellerId: person.sellerId } },
    async (transaction) => {
      const seller = await lockOwnSeller(transaction, person);
      if (seller === null) return noSeller;
      if ((await findClient(transaction, clientId, seller.sellerId)) === null) return notFound(clientId, 'API client');
      if (keyId === null) {
        await endClient(transaction, clientId, person.accountId);
      } else {
        if ((await findKey(transaction, keyId, clientId)) === null) return notFound(keyId, 'key of this API client');
        await endKey(transaction, keyId, person.accountId);
      }
      return { kind: 'revoked', clientId };
    },
    ({ kind }) => kind === 'revoked',
  );
}
