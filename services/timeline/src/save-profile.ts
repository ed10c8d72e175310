/** Saves the public face of an account: made by the first call, changed by later ones. */
import { isUniqueViolation } from '@vitrine/runtime/database';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { parseProfile, type ProfileInput, type ProfileParse } from './account.ts';
import type { Call, Deps } from './deps.ts';
import { handleTakenConstraint, saveAccount } from './store.ts';

export type SaveProfileResult =
  | { readonly kind: 'saved' }
  | { readonly kind: 'handle_taken'; readonly handle: string }
  | Exclude<ProfileParse, { readonly kind: 'profile' }>
  | IdempotencyRefusal;

export async function saveProfile(
  deps: Pick<Deps, 'pool'>,
  { accountId, idempotencyKey }: Call,
  input: ProfileInput,
): Promise<SaveProfileResult> {
  const parsed = parseProfile(input);
  if (parsed.kind !== 'profile') return parsed;
  try {
    return await runIdempotent<SaveProfileResult>(
      deps.pool,
      { actorId: accountId, operation: 'saveProfile', idempotencyKey, input },
      async (transaction) => {
        await saveAccount(transaction, { id: accountId, ...parsed.profile });
        return { kind: 'saved' };
      },
    );
  } catch (error) {
    if (isUniqueViolation(error, handleTakenConstraint)) return { kind: 'handle_taken', handle: parsed.profile.handle };
    throw error;
  }
}
