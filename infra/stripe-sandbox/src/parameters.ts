/**
 * Describes the parameters of an endpoint and reads them from form text: unknown names are refused at every depth, then missing
 * ones, then wrong types, each with Stripe's code and the full name of the parameter.
 */
import { invalidRequest, missingParameter, unknownParameters } from './errors.ts';
import type { FormTree, FormValue } from './form-encoding.ts';

export interface Param<T> {
  /** Collects the names that the description does not know. */
  unknown: (value: FormValue, name: string, found: string[]) => void;
  read: (value: FormValue, name: string) => T;
  required: boolean;
}

/** Anything that describes named parameters. */
export type Shape = Record<string, Param<unknown>>;

export type Values<S extends Shape> = {
  [K in keyof S]: S[K] extends RequiredParam<infer T> ? T : S[K] extends Param<infer T> ? T | undefined : never;
};
interface RequiredParam<T> extends Param<T> {
  required: true;
}

export function required<T>(param: Param<T>): RequiredParam<T> {
  return { ...param, required: true };
}

function leaf<T>(parse: (text: string, name: string) => T): Param<T> {
  return {
    required: false,
    unknown: () => undefined,
    read: (value, name) => {
      if (typeof value !== 'string') throw invalidRequest(`Invalid string: ${name}`, { param: name });
      return parse(value, name);
    },
  };
}

function cannotBeEmpty(name: string): Error {
  return invalidRequest(
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`,
    { code: 'parameter_invalid_empty', param: name },
  );
}

/** Text that may not be empty. */
export function text(maxLength = 5000): Param<string> {
  return leaf((value, name) => {
    if (value === '') throw cannotBeEmpty(name);
    if (value.length > maxLength) {
      throw invalidRequest(`Invalid string: must be at most ${maxLength} characters`, { param: name });
    }
    return value;
  });
}

/** Text where the empty string unsets the field, read as null. */
export function clearableText(maxLength = 5000): Param<string | null> {
  const inner = text(maxLength);
  return leaf((value, name) => (value === '' ? null : inner.read(value, name)));
}

/** A whole number; `max` names an upper bound in the message as list limits do. */
export function integer(bounds: { min?: number; max?: number } = {}): Param<number> {
  return leaf((value, name) => {
    if (value === '') throw cannotBeEmpty(name);
    const number = Number(value);
    if (!/^-?\d{1,15}$/.test(value) || !Number.isSafeInteger(number)) {
      throw invalidRequest(`Invalid integer: ${value.slice(0, 40)}`, { code: 'parameter_invalid_integer', param: name });
    }
    if (bounds.min !== undefined && number < bounds.min) {
      throw invalidRequest(`This value must be greater than or equal to ${bounds.min}.`, {
        code: 'parameter_invalid_integer',
        param: name,
      });
    }
    if (bounds.max !== undefined && number > bounds.max) {
      throw invalidRequest(`This value must be less than or equal to ${bounds.max} (it currently is '${number}').`, {
        code: 'parameter_invalid_integer',
        param: name,
      });
    }
    return number;
  });
}

export function flag(): Param<boolean> {
  return leaf((value, name) => {
    if (value === 'true') return true;
    if (value === 'false') return false;
    if (value === '') throw cannotBeEmpty(name);
    throw invalidRequest(`Invalid boolean: ${value.slice(0, 40)}`, { param: name });
  });
}

export function oneOf<const T extends string>(...choices: T[]): Param<T> {
  return leaf((value, name) => {
    if (value === '') throw cannotBeEmpty(name);
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    const last = choices.at(-1) ?? '';
    const list = choices.length > 1 ? `one of ${choices.slice(0, -1).join(', ')}, or ${last}` : last;
    throw invalidRequest(`Invalid ${name}: must be ${list}`, { param: name });
  });
}

/** An address that a browser may be sent to; an app's own scheme is one, `javascript:` is not. */
export function url(): Param<string> {
  const inner = text(2048);
  return leaf((value, name) => {
    const address = inner.read(value, name);
    const scheme = URL.canParse(address) ? new URL(address).protocol : '';
    if (scheme === '' || ['javascript:', 'data:', 'vbscript:', 'file:'].includes(scheme)) {
      throw invalidRequest('Not a valid URL', { code: 'url_invalid', param: name });
    }
    return address;
  });
}

/** Up to 50 keys of at most 40 characters, values of at most 500; an empty value removes its key, an empty whole removes all. */
export function metadata(): Param<Record<string, string> | null> {
  return {
    required: false,
    unknown: () => undefined,
    read: (value, name) => {
      if (value === '') return null;
      if (typeof value === 'string') throw invalidRequest(`Invalid object`, { param: name });
      const pairs: [string, string][] = [];
      for (const [key, entry] of Object.entries(value)) {
        const param = `${name}[${key}]`;
        if (typeof entry !== 'string') throw invalidRequest('Invalid string: metadata values must be strings', { param });
        if (key.length > 40)
          throw invalidRequest(`Metadata keys can have up to 40 characters, but you passed in ${key.length}.`, { param });
        if (entry.length > 500) {
          throw invalidRequest(
            `Metadata values can have up to 500 characters, but you passed in a value that is ${entry.length} characters.`,
            { param },
          );
        }
        pairs.push([key, entry]);
      }
      if (pairs.length > 50) throw invalidRequest('Metadata can have up to 50 keys.', { param: name });
      return Object.fromEntries(pairs);
    },
  };
}

/** Metadata after an update in Stripe's way: given keys replace, empty values remove. */
export function mergeMetadata(present: Record<string, string>, change: Record<string, string> | null | undefined): Record<string, string> {
  if (change === undefined) return present;
  if (change === null) return {};
  return Object.fromEntries(Object.entries({ ...present, ...change }).filter(([, value]) => value !== ''));
}

export function list<T>(item: Param<T>, maxItems = 100): Param<T[]> {
  return {
    required: false,
    unknown: (value, name, found) => {
      if (typeof value === 'string') return;
      for (const [index, entry] of Object.entries(value)) item.unknown(entry, `${name}[${index}]`, found);
    },
    read: (value, name) => {
      if (value === '') return [];
      if (typeof value === 'string') throw invalidRequest('Invalid array', { param: name });
      const entries = Object.entries(value);
      if (entries.length > maxItems || entries.some(([index]) => !/^\d+$/.test(index))) {
        throw invalidRequest('Invalid array', { param: name });
      }
      return entries.map(([index, entry]) => item.read(entry, `${name}[${index}]`));
    },
  };
}

export function object<S extends Shape>(shape: S): Param<Values<S>> {
  return {
    required: false,
    unknown: (value, name, found) => {
      if (typeof value === 'string') return;
      for (const [key, entry] of Object.entries(value)) {
        const param = Object.hasOwn(shape, key) ? shape[key] : undefined;
        if (param === undefined) found.push(`${name}[${key}]`);
        else param.unknown(entry, `${name}[${key}]`, found);
      }
    },
    read: (value, name) => {
      if (typeof value === 'string') throw invalidRequest('Invalid object', { param: name });
      return readValues(shape, value, (key) => `${name}[${key}]`);
    },
  };
}

/** An object where the empty string unsets the whole, read as null. */
export function clearableObject<S extends Shape>(shape: S): Param<Values<S> | null> {
  const inner = object(shape);
  return { ...inner, read: (value, name) => (value === '' ? null : inner.read(value, name)) };
}

function readValues<S extends Shape>(shape: S, tree: FormTree, nameOf: (key: string) => string): Values<S> {
  const values: Record<string, unknown> = {};
  for (const [key, param] of Object.entries(shape)) {
    const value = tree[key];
    if (value === undefined) {
      if (param.required) throw missingParameter(nameOf(key));
      continue;
    }
    values[key] = param.read(value, nameOf(key));
  }
  return values as Values<S>;
}

/** Reads all parameters of a request; throws ApiError 400. */
export function readParameters<S extends Shape>(shape: S, tree: FormTree): Values<S> {
  const found: string[] = [];
  for (const [key, entry] of Object.entries(tree)) {
    const param = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (param === undefined) found.push(key);
    else param.unknown(entry, key, found);
  }
  if (found.length > 0) throw unknownParameters(found);
  return readValues(shape, tree, (key) => key);
}
