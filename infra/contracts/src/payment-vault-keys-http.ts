/** payment-vault's internal HTTP API for operators: unsealing it, and changing the master key. */
import { Type, type Static } from 'typebox';

/** `POST /internal/custodian-halves`: takes one custodian's half while the vault is sealed; `opened` when it is not. */
export const unsealPath = '/internal/custodian-halves';

const HalfNumber = Type.Union([Type.Literal(1), Type.Literal(2)]);

export const UnsealRequest = Type.Object({
  half: HalfNumber,
  /** 32 bytes in base64. Kept in memory until the vault is unsealed, never stored or logged. */
  value: Type.String({ minLength: 1, maxLength: 100 }),
});
export type UnsealRequest = Static<typeof UnsealRequest>;

export const UnsealResponse = Type.Object({
  /** `refused`: it is no half, or the two do not open the key file; both that were handed in are forgotten. */
  status: Type.Union([Type.Literal('opened'), Type.Literal('sealed'), Type.Literal('refused')]),
  /** The halves that are still missing. */
  missing: Type.Array(HalfNumber),
});
export type UnsealResponse = Static<typeof UnsealResponse>;

/** `POST /internal/master-key-rotations`: makes a new master key, unless a rotation is under way. May be repeated. */
export const startRotationPath = '/internal/master-key-rotations';

export const StartRotationRequest = Type.Object({});
export type StartRotationRequest = Static<typeof StartRotationRequest>;

export const StartRotationResponse = Type.Object({
  /** The master key that new data keys are wrapped by. */
  masterKeyId: Type.String(),
  /** False when an earlier rotation is gone on with, or the key service makes no master keys itself. */
  made: Type.Boolean(),
});
export type StartRotationResponse = Static<typeof StartRotationResponse>;

/** `POST /internal/master-key-rotations/steps`: wraps some data keys anew. May be repeated, and by several at once. */
export const rotationStepPath = '/internal/master-key-rotations/steps';

/** Data keys that are wrapped anew in one request at most. */
export const maxRewrapped = 200;

const DataKeyPlace = Type.Object({ ownerId: Type.String(), version: Type.Integer({ minimum: 1 }) });

export const RotationStepRequest = Type.Object({
  /** The `next` of the answer before; null at first. */
  after: Type.Union([DataKeyPlace, Type.Null()]),
});
export type RotationStepRequest = Static<typeof RotationStepRequest>;

export const RotationStepResponse = Type.Object({
  rewrapped: Type.Integer({ minimum: 0 }),
  /** Data keys that could not be unwrapped, and keep their master key. */
  failed: Type.Integer({ minimum: 0 }),
  /** Where to go on; null when the end was reached. */
  next: Type.Union([DataKeyPlace, Type.Null()]),
  /** Data keys that are still wrapped by an earlier master key. */
  remaining: Type.Integer({ minimum: 0 }),
  /** Master keys that were retired by this step. */
  retired: Type.Array(Type.String()),
  /** Whether an earlier master key is still in use, or could not be retired at this moment. */
  unfinished: Type.Boolean(),
});
export type RotationStepResponse = Static<typeof RotationStepResponse>;
