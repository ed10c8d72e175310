/**
 * Takes a product feed in RSS 2.0 with the `g:` namespace apart. Document types are refused, so no entity is ever
 * defined, let alone expanded.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { maxFeedRows, singleAttributes, type FeedReading, type FeedRow } from './feed.ts';

const googleNamespace = 'http://base.google.com/ns/1.0';
/** What RSS itself has; the rest of the attributes need the namespace. */
const rssElements: ReadonlySet<string> = new Set(['title', 'link', 'description']);
const itemDepth = 3;
/** The parser looks names up through all open elements: without a bound a megabyte of them would take minutes. */
const maxDepth = 32;

/** Ends the parse: nothing after this place can be trusted. */
class FeedSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

interface OpenItem {
  readonly line: number;
  /** From `g:` elements, which win over RSS's own of the same name. */
  readonly google: Map<string, string>;
  readonly rss: Map<string, string>;
  readonly repeated: Set<string>;
}

interface OpenElement {
  readonly attribute: string;
  readonly into: 'google' | 'rss';
  text: string;
}

/** Never throws, whatever it is given. */
export function readXmlFeed(content: string): FeedReading {
  const rows: FeedRow[] = [];
  const parser = new SaxesParser({ xmlns: true });
  const path: string[] = [];
  let tagLine = 1;
  let item: OpenItem | null = null;
  let element: OpenElement | null = null;

  parser.on('error', (error) => {
    throw new FeedSyntaxError(parser.line, error.message.replace(/^\d+:\d+: /, ''));
  });
  parser.on('doctype', () => {
    throw new FeedSyntaxError(parser.line, 'a document type declaration is not accepted; leave it out.');
  });
  parser.on('opentagstart', () => {
    // A line break right after the name has been read already.
    tagLine = parser.column === 0 ? parser.line - 1 : parser.line;
    if (path.length === maxDepth) throw new FeedSyntaxError(tagLine, `elements are nested more than ${maxDepth} deep.`);
  });
  parser.on('opentag', (tag) => {
    path.push(tag.uri === '' ? tag.local : `${tag.prefix}:${tag.local}`);
    if (path.length === 1 && path[0] !== 'rss')
      throw new FeedSyntaxError(tagLine, 'the feed must be RSS 2.0: its outermost element is <rss>.');
    if (path.length === itemDepth && path.join('>') === 'rss>channel>item') {
      if (rows.length > maxFeedRows) return;
      item = { line: tagLine, google: new Map(), rss: new Map(), repeated: new Set() };
    } else if (path.length === itemDepth + 1 && item !== null) {
      element = openElement(tag);
    }
  });
  const addText = (text: string): void => {
    // Text of elements within an attribute, of `g:shipping` for example, is not the attribute's own.
    if (element !== null && path.length === itemDepth + 1) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    if (item !== null && element !== null && path.length === itemDepth + 1) {
      const value = element.text.trim();
      const values = item[element.into];
      if (values.has(element.attribute)) item.repeated.add(element.attribute);
      if (value !== '') values.set(element.attribute, value);
      element = null;
    }
    if (item !== null && path.length === itemDepth) {
      rows.push({ line: item.line, values: new Map([...item.rss, ...item.google]), repeated: item.repeated, fault: null });
      item = null;
    }
    path.pop();
  });

  try {
    parser.write(content).close();
  } catch (error) {
    if (!(error instanceof FeedSyntaxError)) throw error;
    return { kind: 'unreadable', line: error.line, message: `The XML cannot be read: ${error.message}` };
  }
  return { kind: 'rows', rows };
}

function openElement(tag: SaxesTagNS): OpenElement | null {
  const into = tag.uri === googleNamespace ? 'google' : tag.uri === '' && rssElements.has(tag.local) ? 'rss' : null;
  return into !== null && singleAttributes.has(tag.local) ? { attribute: tag.local, into, text: '' } : null;
}
