/**
 * Holds the JSON of a request to what nothing behind it has to be afraid of, before anything walks it: nesting, names that
 * mean something to JavaScript, text that PostgreSQL cannot keep. Its size is limited while it is read.
 */

/** `reason` is a sentence for whoever wrote the request, without anything of it. */
export type BodyCheck = { readonly kind: 'ok' } | { readonly kind: 'refused'; readonly reason: string };

/** Characters of a document; one of as many tokens as are read has about 20,000. What is larger holds values that belong into variables. */
export const maxDocumentLength = 65_536;
/** Objects and lists in one another, the body itself included; the deepest input of the schemas has 6. */
export const maxNesting = 32;

/** Parsing 16 KiB takes less than a millisecond, whatever they are; a megabyte of brackets takes a fifth of a second. */
const smallBytes = 16 * 1024;
const [quote, backslash, leftBrace, rightBrace, leftBracket, rightBracket] = Buffer.from('"\\{}[]');

/** No input is called so; code that looks names up in an object could be led to its prototype. */
const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const ok: BodyCheck = { kind: 'ok' };
const refused = (reason: string): BodyCheck => ({ kind: 'refused', reason });

/** Whether a body is compressed, by its `Content-Encoding`: a few kilobytes of that can be gigabytes, and no client of ours sends it. */
export const isCompressed = (contentEncoding: string | undefined): boolean =>
  contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity';

/** Whether JSON has more brackets in one another than are read. For bodies that are so large that parsing them would take long. */
export function isNestedTooDeep(json: Uint8Array): boolean {
  if (json.length <= smallBytes) return false;
  let nesting = 0;
  let isInString = false;
  for (let place = 0; place < json.length; place += 1) {
    const byte = json[place];
    if (byte === quote) isInString = !isInString;
    else if (isInString) place += byte === backslash ? 1 : 0;
    else if (byte === leftBrace || byte === leftBracket) {
      nesting += 1;
      if (nesting > maxNesting) return true;
    } else if (byte === rightBrace || byte === rightBracket) nesting -= 1;
  }
  return false;
}

/** @param body parsed JSON. Takes time in proportion to its size, and no stack. */
export function checkRequestBody(body: unknown): BodyCheck {
  if (Array.isArray(body)) return refused('One operation a request: batches are not taken.');
  if (typeof body !== 'object' || body === null) return refused('The request body has to be a JSON object.');
  if ('query' in body && typeof body.query === 'string' && body.query.length > maxDocumentLength)
    return refused(`The document has more than ${maxDocumentLength} characters. Send values as variables.`);
  // A level at a time: how many there have been is how deep this is.
  let level: object[] = [body];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxNesting) return refused(`The request body is nested more than ${maxNesting} levels deep.`);
    const next: object[] = [];
    for (const value of level) {
      const fault = Array.isArray(value) ? faultOfEntries(value, next) : faultOfMembers(value, next);
      if (fault !== null) return refused(fault);
    }
    level = next;
  }
  return ok;
}

/** Why text cannot be taken, as a sentence; null when it can. */
export function faultOfText(text: string): string | null {
  if (text.includes('\0')) return 'The request holds the character U+0000, which no text may.';
  return text.isWellFormed() ? null : 'The request holds half of a surrogate pair, which is no character.';
}

function faultOfMembers(object: object, next: object[]): string | null {
  for (const [name, value] of Object.entries(object)) {
    if (reservedNames.has(name)) return 'The request has a member of a name that none may have: __proto__, constructor or prototype.';
    const fault = faultOfText(name) ?? faultOf(value, next);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOfEntries(entries: readonly unknown[], next: object[]): string | null {
  for (const value of entries) {
    const fault = faultOf(value, next);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOf(value: unknown, next: object[]): string | null {
  switch (typeof value) {
    case 'string':
      return faultOfText(value);
    case 'number':
      // JSON has larger numbers than JavaScript: they become Infinity, which is no JSON any more.
      return Number.isFinite(value) ? null : 'The request holds a number that is too large to be read.';
    case 'object':
      if (value !== null) next.push(value);
      return null;
    default:
      return null;
  }
}
