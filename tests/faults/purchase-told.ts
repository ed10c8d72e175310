/** What buyers were told of their purchases, to be held against what is true in the end. */

/** One intent to buy: a key and its input, and every final answer that came for it. */
export interface ToldTap {
  readonly run: number;
  readonly buyerId: string;
  readonly idempotencyKey: string;
  readonly productId: string;
  readonly answers: { readonly said: string; readonly orderId: string | null }[];
  /** The app stopped asking before it had an answer. */
  readonly gone: boolean;
}

/** What a buyer who took an order back was told. */
export interface ToldUndo {
  readonly run: number;
  readonly orderId: string;
  readonly said: string;
}

export interface PurchaseTestimony {
  readonly taps: ToldTap[];
  readonly undos: ToldUndo[];
  /** Answers that no buyer should get. */
  readonly oddAnswers: { readonly run: number; readonly what: string }[];
}

export const newPurchaseTestimony = (): PurchaseTestimony => ({ taps: [], undos: [], oddAnswers: [] });

/** Answers after which the same key has to be asked for again. */
const undecided: ReadonlySet<string> = new Set([
  'TemporarilyUnavailableError',
  'IdempotencyKeyInFlightError',
  'PaymentActionRequired',
  'PossibleDuplicateError',
]);

/** Whether an answer to a tap is the last word on its key. */
export const isFinal = (said: string): boolean => !undecided.has(said);
