/** Deletions: what one takes with it, what outlives it, and on which ground. Pure decisions. */

/** What a deletion is of. */
export type DeletionScope = 'card' | 'address' | 'everything';

export type DeletedKind =
  | 'CARDS'
  | 'ADDRESSES'
  | 'ORDER_ADDRESSES'
  | 'PERMISSIONS'
  | 'MARKETING_CONSENTS'
  | 'CONSENTS'
  | 'PROVIDER_ACCOUNT'
  | 'ENCRYPTION_KEY';

export type KeptKind = 'PAYMENTS' | 'ORDER_ADDRESSES' | 'DISCLOSURES' | 'CONSENTS' | 'DELETIONS' | 'REQUEST_KEYS';

export type KeptGround =
  | 'TAX_AND_ACCOUNTING'
  | 'DEFENCE_OF_CLAIMS'
  | 'PROOF_OF_CONSENT'
  | 'PROOF_OF_DELETION'
  | 'ORDER_FULFILMENT'
  | 'SAFE_REPETITION';

export interface DeletedItem {
  readonly what: DeletedKind;
  readonly count: number;
}

export interface KeptItem {
  readonly what: KeptKind;
  readonly count: number;
  readonly ground: KeptGround;
  /** When the last of them goes. */
  readonly until: Date;
}

export interface Deletion {
  /** `del_…` */
  readonly id: string;
  readonly scope: DeletionScope;
  /** The card or the address; null for everything. */
  readonly subjectId: string | null;
  readonly requestedAt: Date;
  /** Null while something is left to do. */
  readonly completedAt: Date | null;
  readonly deleted: readonly DeletedItem[];
  readonly kept: readonly KeptItem[];
}

/** The steps of an erasure, in order. A later step relies on the earlier ones. */
export const erasureSteps = ['payments', 'cards', 'addresses', 'consents', 'key', 'customer'] as const;
export type ErasureStep = (typeof erasureSteps)[number];

/** In a sentence, why something is kept. */
export const explanations: Readonly<Record<KeptKind, string>> = {
  PAYMENTS: 'Amounts, times and ids of your payments belong to tax and accounting records. After that they no longer say who paid.',
  ORDER_ADDRESSES:
    'Orders under way keep their copy of the address until they have arrived and any question about the delivery is settled.',
  DISCLOSURES: 'The list of what sellers were shown lets you and us prove who read what; it holds names of fields, not their contents.',
  CONSENTS: 'What you agreed to and when you withdrew it is the proof that we acted by your choice.',
  DELETIONS: 'This report is the proof that we did what you asked for.',
  REQUEST_KEYS: 'Keys of your last requests, without their contents, make sure that a repeated request does not bring anything back.',
};
