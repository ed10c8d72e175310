/** Whether a consent that a buyer gave is to the text that is shown now. */
import type { ConsentOutdated } from './consent.ts';
import type { Deps } from './deps.ts';
import type { CurrentText } from './store/consents.ts';

/** Null: the buyer does not want it saved. */
export async function checkSaveConsent(
  deps: Pick<Deps, 'consents'>,
  country: string,
  given: { readonly textVersion: string } | null,
): Promise<{ readonly kind: 'consent'; readonly text: CurrentText | null } | ConsentOutdated> {
  if (given === null) return { kind: 'consent', text: null };
  const text = (await deps.consents.currentTexts(country)).find(({ purpose }) => purpose === 'SAVE_DETAILS');
  if (text === undefined) throw new Error(`there is no text for saving in ${country}`);
  return text.version === given.textVersion ? { kind: 'consent', text } : { kind: 'consent_outdated', currentVersion: text.version };
}
