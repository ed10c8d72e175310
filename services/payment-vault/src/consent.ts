/** Consents: to which text a buyer agreed. Only the text that is shown now can be agreed to. */

/** A text that is shown now. */
export interface ConsentText {
  readonly purpose: string;
  readonly version: string;
  readonly body: string;
}

/** The text that was agreed to is not the one that is shown now: it has to be shown, and agreed to, again. */
export interface ConsentOutdated {
  readonly kind: 'consent_outdated';
  readonly currentVersion: string;
}

/** Texts of a market that has none of its own are those of the network's home market. */
export const homeCountry = 'US';
