/**
 * Reads and normalises `application/x-www-form-urlencoded` text in Stripe's bracket syntax: `a[b]=1`, `a[]=1`, `a[0][b]=1`.
 * The result is a tree without prototypes, so a key such as `__proto__` is only a key.
 */

export type FormValue = string | FormTree;
export interface FormTree {
  [key: string]: FormValue;
}

type FormResult = { ok: true; tree: FormTree } | { ok: false; message: string };

const MAX_DEPTH = 8;
const MAX_PAIRS = 2000;

function emptyForm(): FormTree {
  return Object.create(null) as FormTree;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Splits `a[b][]` into `['a', 'b', '']`; undefined where brackets do not match. */
function splitKey(key: string): string[] | undefined {
  const first = key.indexOf('[');
  if (first === -1) return key.includes(']') ? undefined : [key];
  if (first === 0) return undefined;
  const segments = [key.slice(0, first)];
  let rest = key.slice(first);
  while (rest.length > 0) {
    const end = rest.indexOf(']');
    if (rest[0] !== '[' || end === -1) return undefined;
    segments.push(rest.slice(1, end));
    rest = rest.slice(end + 1);
  }
  return segments;
}

/**
 * Parses a body or query string. An empty list segment (`a[]`) takes the next free index.
 * Fails with a message for malformed escapes, brackets, a NUL character, or a key that is both a value and a tree.
 */
export function parseForm(text: string): FormResult {
  const tree = emptyForm();
  const pairs = text === '' ? [] : text.split('&');
  if (pairs.length > MAX_PAIRS) return { ok: false, message: 'The request has too many parameters.' };
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    if (key === undefined || value === undefined || key.includes('\0') || value.includes('\0')) {
      return { ok: false, message: 'Invalid request: the parameters are not valid form encoding.' };
    }
    const segments = splitKey(key);
    if (segments === undefined || segments.length > MAX_DEPTH) {
      return { ok: false, message: 'Invalid request: a parameter name is malformed.' };
    }
    let node = tree;
    for (const [depth, segment] of segments.entries()) {
      const name = segment === '' && depth > 0 ? String(Object.keys(node).length) : segment;
      const present = node[name];
      if (depth === segments.length - 1) {
        if (typeof present === 'object') return { ok: false, message: 'Invalid request: a parameter has two shapes.' };
        node[name] = value;
      } else {
        if (typeof present === 'string') return { ok: false, message: 'Invalid request: a parameter has two shapes.' };
        const child = present ?? emptyForm();
        node[name] = child;
        node = child;
      }
    }
  }
  return { ok: true, tree };
}

/** One text for all encodings of the same parameters: keys sorted, list indices kept. */
export function canonicalForm(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const entries = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalForm(value[key] ?? '')}`);
  return `{${entries.join(',')}}`;
}
