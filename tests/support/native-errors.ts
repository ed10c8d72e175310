/**
 * jest runs tests in a realm of their own, where an error made by Node (a refused connection, a missing file) is not an
 * `instanceof Error`. In production there is one realm: tests must see the same.
 */
import { types } from 'node:util';

const ordinary = Function.prototype[Symbol.hasInstance];

Object.defineProperty(Error, Symbol.hasInstance, {
  value: function (this: unknown, value: unknown): boolean {
    if (ordinary.call(this, value)) return true;
    return this === Error && (types.isNativeError(value) || value instanceof DOMException);
  },
});
