/**
 * Takes a product feed in tab-separated values apart. Tolerant as spreadsheets and shop systems need it: a byte order
 * mark, any line ending, quoted fields with tabs and line breaks in them, quotation marks within unquoted ones.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { maxFeedRows, requiredAttributes, singleAttributes, type FeedReading, type FeedRow } from './feed.ts';

interface Line {
  readonly number: number;
  readonly cells: readonly string[];
}

/** Never throws, whatever it is given. */
export function readTsvFeed(content: string): FeedReading {
  const lines: Line[] = [];
  let lastLine = 0;
  try {
    // One kind of line break, since the parser counts the two characters of another as two lines within quotes.
    parse(content.replaceAll(/\r\n?/g, '\n'), {
      bom: true,
      delimiter: '\t',
      record_delimiter: '\n',
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      to: maxFeedRows + 2,
      on_record: (cells, context) => {
        lines.push({ number: context.lines - cells.reduce((breaks, cell) => breaks + lineBreaksIn(cell), 0), cells });
        lastLine = context.lines;
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const problem =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'has a field that begins with a quotation mark and never ends; double the quotation marks within it'
        : 'cannot be read';
    return { kind: 'unreadable', line: lastLine + 1, message: `The row that begins here ${problem}.` };
  }
  return readLines(lines);
}

const lineBreaksIn = (text: string): number => text.split('\n').length - 1;

function readLines(lines: readonly Line[]): FeedReading {
  const [header, ...body] = lines;
  if (header === undefined) return { kind: 'unreadable', line: 1, message: 'The feed is empty. It begins with a row of attribute names.' };
  const attributes = header.cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replace(/^g:/, '')
      .replaceAll(/[\s_]+/g, '_'),
  );
  const missing = requiredAttributes.filter((attribute) => !attributes.includes(attribute));
  if (missing.length > 0)
    return {
      kind: 'unreadable',
      line: header.number,
      message: `The row of attribute names has no ${missing.join(', ')}. Names are separated by tabs.`,
    };
  const repeated = attributes.find((attribute, index) => singleAttributes.has(attribute) && attributes.indexOf(attribute) !== index);
  if (repeated !== undefined)
    return { kind: 'unreadable', line: header.number, message: `The row of attribute names has ${repeated} more than once.` };
  return { kind: 'rows', rows: body.map((line) => toRow(line, attributes)) };
}

function toRow({ number, cells }: Line, attributes: readonly string[]): FeedRow {
  const values = new Map<string, string>();
  for (const [index, attribute] of attributes.entries()) {
    const value = cells[index]?.trim() ?? '';
    if (value !== '' && singleAttributes.has(attribute)) values.set(attribute, value);
  }
  // Cells beyond the header mean that a tab slipped in: the values before may be in the wrong columns, too.
  const surplus = cells.slice(attributes.length).some((cell) => cell.trim() !== '');
  return {
    line: number,
    values,
    repeated: new Set(),
    fault: surplus ? `The row has ${cells.length} fields, the row of attribute names ${attributes.length}.` : null,
  };
}
