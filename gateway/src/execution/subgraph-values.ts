/**
 * The values that subgraphs answer, as they are put together while a plan runs. Reads and writes own properties only:
 * a field may be called `constructor` or `__proto__`.
 */

/** A JSON object. */
export type JsonObject = Record<string, unknown>;

export const isJsonObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A property of a JSON value; undefined where there is none. */
export function own(value: object, name: string): unknown {
  const found = (value as JsonObject)[name];
  // JSON holds no functions and no prototypes, and nothing else is inherited: quicker than to ask whose property it is.
  return typeof found === 'function' || found === Object.prototype || found === Array.prototype ? undefined : found;
}

function assign(target: JsonObject, key: string, value: unknown): void {
  // The one name with a setter, which would change the object's prototype.
  if (key === '__proto__') Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
  else target[key] = value;
}

/**
 * Adds what a further fetch brought to what is there: objects are merged, lists of the same length element by element,
 * everything else is replaced. As @apollo/gateway does it.
 * @throws TypeError where an object meets a scalar.
 */
export function mergeInto(target: JsonObject, source: JsonObject): void {
  for (const key of Object.keys(source)) {
    const given = source[key];
    if (given === undefined) continue;
    const existing = own(target, key);
    if (existing && isJsonObject(given)) mergeInto(existing as JsonObject, given);
    else if (Array.isArray(given) && Array.isArray(existing) && given.length === existing.length) mergeList(existing, given);
    else assign(target, key, given);
  }
}

function mergeList(target: unknown[], source: readonly unknown[]): void {
  for (const [index, given] of source.entries()) {
    const existing = target[index];
    if (isJsonObject(existing) && isJsonObject(given)) mergeInto(existing, given);
    else target[index] = given;
  }
}

/** A path of a plan: response names, and `@` for every element of a list. */
export type PlanPath = readonly string[];

/**
 * Everything at a path that is not null, in order.
 * @throws TypeError when a list is not where the path has one, or is where it has none.
 */
export function valuesAt(value: unknown, path: PlanPath): unknown[] {
  const found: unknown[] = [];
  collectAt(value, path, 0, found);
  return found;
}

function collectAt(value: unknown, path: PlanPath, depth: number, found: unknown[]): void {
  if (value === undefined || value === null) return;
  const step = path[depth];
  if (step === undefined) {
    if (Array.isArray(value)) for (const element of value) addFound(element, found);
    else found.push(value);
    return;
  }
  if (step === '@') {
    if (!Array.isArray(value)) throw new TypeError('a subgraph answered something else for a list');
    for (const element of value) collectAt(element, path, depth + 1, found);
    return;
  }
  if (Array.isArray(value)) throw new TypeError('a subgraph answered a list for something else');
  if (typeof value === 'object') collectAt(own(value, step), path, depth + 1, found);
}

function addFound(element: unknown, found: unknown[]): void {
  if (element !== undefined && element !== null) found.push(element);
}

/** The response paths of everything at a path that is not null, in the order of `valuesAt`. */
export function responsePathsAt(value: unknown, path: PlanPath): (readonly (string | number)[])[] {
  const found: (readonly (string | number)[])[] = [];
  const walk = (at: unknown, depth: number, steps: readonly (string | number)[]): void => {
    if (at === undefined || at === null) return;
    const step = path[depth];
    if (step === undefined) {
      found.push(steps);
    } else if (Array.isArray(at)) {
      const next = step === '@' ? depth + 1 : depth;
      for (const [index, element] of at.entries()) walk(element, next, [...steps, index]);
    } else if (typeof at === 'object' && step !== '@') {
      walk(own(at, step), depth + 1, [...steps, step]);
    }
  };
  walk(value, 0, []);
  return found;
}
