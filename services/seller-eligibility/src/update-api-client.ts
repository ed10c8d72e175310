/** Changes what an API client is called, what it may do and where it may call from. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { NotAllowed } from './accept-invitation.ts';
import { parseSettings } from './api-client.ts';
import { lockOwnSeller, noSeller, type Person } from './own-seller.ts';
import { findClient, updateClient } from './store/api-clients.ts';
import { notFound, type InvalidInput, type NotFound, type UseCaseDeps } from './use-case.ts';

/** What is undefined stays as it is. */
export interface UpdateApiClientCommand {
  readonly idempotencyKey: string;
  readonly clientId: string;
  readonly name: string | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly ipAllowList: readonly string[] | undefined;
}

export type UpdateApiClientResult =
  | { readonly kind: 'updated'; readonly clientId: string }
  | NotFound
  | NotAllowed
  | InvalidInput
  | IdempotencyRefusal;

export async function updateApiClient(
  { pool }: UseCaseDeps,
  person: Person,
  command: UpdateApiClientCommand,
): Promise<UpdateApiClientResult> {
  const { idempotencyKey, clientId, name, scopes, ipAllowList } = command;
  return runIdempotent<UpdateApiClientResult>(
    pool,
    { actorId: person.accountId, operation: 'updateApiClient', idempotencyKey, input: { ...command, sellerId: person.sellerId } },
    async (transaction) => {
      const seller = await lockOwnSeller(transaction, person);
      if (seller === null) return noSeller;
      const client = await findClient(transaction, clientId, seller.sellerId);
      if (client === null || client.revokedAt !== null) return notFound(clientId, 'API client');
      const settings = parseSettings({
        name: name ?? client.name,
        scopes: scopes ?? client.scopes,
        ipAllowList: ipAllowList ?? client.ipAllowList,
      });
      if ('message' in settings) return { kind: 'invalid_input', ...settings };
      await updateClient(transaction, clientId, settings, person.accountId);
      return { kind: 'updated', clientId };
    },
    ({ kind }) => kind === 'updated',
  );
}
