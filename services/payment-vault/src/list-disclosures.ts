/** The buyer's view of the disclosure ledger: which seller was shown what, for which order, when. */
import { isId } from '@vitrine/runtime/ids';
import type { Deps } from './deps.ts';
import type { Disclosure } from './store/disclosures.ts';

export type DisclosurePage =
  | {
      readonly kind: 'page';
      readonly edges: readonly { readonly cursor: string; readonly disclosure: Disclosure }[];
      readonly hasNextPage: boolean;
    }
  | { readonly kind: 'invalid'; readonly message: string };

const maxFirst = 100;

const toCursor = (disclosure: Disclosure): string => Buffer.from(disclosure.id).toString('base64url');

/** Newest first, `first` of them from after the cursor. */
export async function listDisclosures(
  deps: Pick<Deps, 'disclosures'>,
  call: { readonly buyerId: string; readonly first: number; readonly after: string | null },
): Promise<DisclosurePage> {
  const { buyerId, first, after } = call;
  if (!Number.isInteger(first) || first < 1 || first > maxFirst)
    return { kind: 'invalid', message: `first must be from 1 to ${maxFirst}.` };
  const afterId = after === null ? null : Buffer.from(after, 'base64url').toString();
  if (afterId !== null && !isId('dsc', afterId)) return { kind: 'invalid', message: 'after must be the endCursor of the page before.' };
  const found = await deps.disclosures.list(buyerId, { limit: first + 1, afterId });
  return {
    kind: 'page',
    edges: found.slice(0, first).map((disclosure) => ({ cursor: toCursor(disclosure), disclosure })),
    hasNextPage: found.length > first,
  };
}
