/** An operation, or its plan, holds something that is executed by @apollo/gateway's executor instead. */
export class Uncompilable extends Error {
  override readonly name = 'Uncompilable';
}
