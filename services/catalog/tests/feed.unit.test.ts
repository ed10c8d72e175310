import { describe, expect, test } from '@jest/globals';
import { maxFeedRows, readFeedRows, type FeedReading } from '../src/feed.ts';
import { readTsvFeed } from '../src/read-tsv-feed.ts';
import { readXmlFeed } from '../src/read-xml-feed.ts';
import { named } from './named.ts';

const names = ['id', 'title', 'description', 'link', 'image_link', 'availability', 'price', 'quantity'] as const;
type Values = Readonly<Partial<Record<string, string>>>;

const mug: Values = {
  id: 'mug-1',
  title: 'Blue mug',
  description: 'Stoneware, 350 ml.',
  link: 'https://shop.example/mug',
  image_link: 'https://cdn.example/mug.jpg',
  availability: 'in_stock',
  price: '15.00 USD',
  quantity: '12',
};

const tsv = (...rows: readonly Values[]): string => {
  const header = [...new Set([...names, ...rows.flatMap((row) => Object.keys(row))])];
  return [header, ...rows.map((row) => header.map((name) => row[name] ?? ''))].map((cells) => cells.join('\t')).join('\n');
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const rss = (items: string): string =>
  `<?xml version="1.0"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n<title>Shop</title>\n${items}\n</channel>\n</rss>\n`;
const xml = (...rows: readonly Values[]): string =>
  rss(
    rows
      .map(
        (row) =>
          `<item>${Object.entries(row)
            .map(([name, value]) => `<g:${name}>${escaped(value ?? '')}</g:${name}>`)
            .join('')}</item>`,
      )
      .join('\n'),
  );

const mugEntry = {
  sku: 'mug-1',
  title: 'Blue mug',
  description: 'Stoneware, 350 ml.',
  imageUrl: 'https://cdn.example/mug.jpg',
  priceMinor: 1_500,
  currency: 'USD',
  onHand: 12,
};

function rowsOf(reading: FeedReading) {
  if (reading.kind !== 'rows') throw new Error(`line ${reading.line}: ${reading.message}`);
  return readFeedRows(reading.rows);
}

const refusalOf = (row: Values) => rowsOf(readTsvFeed(tsv(row))).refused[0];

describe('tab-separated feeds', () => {
  test('a row becomes a product, without the attributes that have no place here', () => {
    expect(rowsOf(readTsvFeed(tsv({ ...mug, condition: 'new', item_group_id: 'mugs', gtin: '123' })))).toEqual({
      entries: [{ line: 2, ...mugEntry }],
      refused: [],
    });
  });

  test('byte order mark, line endings, quotes, blank lines and spelling of names do not matter', () => {
    const content = `\ufeffID\tTitle\tg:description\tlink\tImage Link\tavailability\tprice\tsell on google quantity\r\n\r\n"mug-1"\tBlue mug\t"Stoneware,\r\n""350"" ml."\thttps://shop.example/mug\thttps://cdn.example/mug.jpg\tIn Stock\t15.00 USD\t12\r\nmug-2\t15" "wide" mug \t"Great" mug\thttp://shop.example/2\thttps://cdn.example/2.jpg\tout of stock\t15 USD`;
    expect(rowsOf(readTsvFeed(content))).toEqual({
      entries: [
        { line: 3, ...mugEntry, description: 'Stoneware,\n"350" ml.' },
        {
          line: 5,
          sku: 'mug-2',
          title: '15" "wide" mug',
          description: '"Great" mug',
          imageUrl: 'https://cdn.example/2.jpg',
          priceMinor: 1_500,
          currency: 'USD',
          onHand: 0,
        },
      ],
      refused: [],
    });
    expect(
      rowsOf(readTsvFeed(tsv(mug, { ...mug, id: 'mug-2' }).replaceAll('\n', '\r'))).entries.map((entry) => [entry.sku, entry.line]),
    ).toEqual([
      ['mug-1', 2],
      ['mug-2', 3],
    ]);
  });

  test('rows with too few fields lack attributes, rows with too many are refused whole', () => {
    const header = names.join('\t');
    const { refused } = rowsOf(readTsvFeed(`${header}\nmug-1\tBlue mug\n${Object.values(mug).join('\t')}\tand more`));
    expect(refused).toEqual([
      { line: 2, sku: 'mug-1', attribute: 'description', reason: expect.any(String) },
      { line: 3, sku: 'mug-1', attribute: 'id', reason: expect.stringContaining('Line 2') },
    ]);
    expect(rowsOf(readTsvFeed(`${header}\n${Object.values(mug).join('\t')}\tand more`)).refused).toEqual([
      { line: 2, sku: 'mug-1', attribute: null, reason: 'The row has 9 fields, the row of attribute names 8.' },
    ]);
  });

  test('what is no feed is unreadable, with the line', () => {
    expect(readTsvFeed('')).toMatchObject({ kind: 'unreadable', line: 1 });
    expect(readTsvFeed('\n\n\n')).toMatchObject({ kind: 'unreadable' });
    expect(readTsvFeed('id,title,price\n1,a,2')).toMatchObject({
      kind: 'unreadable',
      line: 1,
      message: expect.stringContaining('image_link'),
    });
    expect(readTsvFeed(`${names.join('\t')}\tprice\n`)).toMatchObject({
      kind: 'unreadable',
      line: 1,
      message: expect.stringContaining('price more than once'),
    });
    expect(readTsvFeed(`${tsv(mug)}\n"mug-2\tnever closed\nmug-3\tx`)).toMatchObject({
      kind: 'unreadable',
      line: 3,
      message: expect.stringContaining('quotation mark'),
    });
    expect(rowsOf(readTsvFeed(names.join('\t')))).toEqual({ entries: [], refused: [] });
  });
});

test('a megabyte of quotation marks, tabs or empty rows is read or refused at once', () => {
  const header = names.join('\t');
  const hostile = [
    '"'.repeat(1_000_000),
    '\t'.repeat(1_000_000),
    `${header}\n${'\t'.repeat(1_000_000)}`,
    `${header}\n${'\n'.repeat(1_000_000)}`,
    `${header}\n${'"a'.repeat(500_000)}`,
    `${header}\n${'x\n'.repeat(500_000)}`,
    `${header}\n"${'\r\n'.repeat(500_000)}"`,
  ];
  for (const content of hostile) {
    const startedAt = performance.now();
    readTsvFeed(content);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  }
}, 60_000);

describe('XML feeds', () => {
  test('an item becomes a product; RSS names stand in for those with the namespace', () => {
    const items = `<item>
  <title>Title of RSS</title><g:title><![CDATA[Blue]]> mug</g:title>
  <description>Stoneware, 350 ml.</description><link>https://shop.example/mug?a=1&amp;b=2</link>
  <g:id>mug-1</g:id><g:image_link>https://cdn.example/mug.jpg</g:image_link><g:availability>in stock</g:availability>
  <g:price>15.00 USD</g:price><g:quantity>12</g:quantity><price>1 USD</price>
  <g:shipping><g:price>4.00 USD</g:price></g:shipping>
</item>`;
    expect(rowsOf(readXmlFeed(rss(items)))).toEqual({ entries: [{ line: 5, ...mugEntry }], refused: [] });
  });

  test('each item is refused at the line of its own tag', () => {
    const content = rss(`<item><g:id>a</g:id></item>\n\n<item\n>\n<g:id>b</g:id></item>`);
    expect(rowsOf(readXmlFeed(content)).refused.map(({ line, sku, attribute }) => ({ line, sku, attribute }))).toEqual([
      { line: 5, sku: 'a', attribute: 'title' },
      { line: 7, sku: 'b', attribute: 'title' },
    ]);
  });

  test('an attribute that is there twice is refused', () => {
    const content = xml(mug).replace('<g:price>', '<g:price>1.00 USD</g:price><g:price>');
    expect(rowsOf(readXmlFeed(content)).refused).toEqual([{ line: 5, sku: 'mug-1', attribute: 'price', reason: expect.any(String) }]);
  });

  test.each([
    [
      'an external entity',
      `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>${xml({ ...mug, title: 'X' })
        .replace(/^<\?xml.*\n/, '')
        .replace('>X<', '>&x;<')}`,
    ],
    ['entities that multiply', `<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss>&b;</rss>`],
    ['an undefined entity', rss('<item><g:title>&nbsp;</g:title></item>')],
    ['an unclosed element', '<rss><channel><item>'],
    ['crossing elements', '<rss><channel></rss></channel>'],
    ['an undeclared prefix', '<rss><channel><item><g:id>1</g:id></item></channel></rss>'],
    ['a control character', rss('<item><g:id>&#0;</g:id></item>')],
    ['another root', '<feed xmlns="http://www.w3.org/2005/Atom"></feed>'],
    ['no XML', 'id\ttitle'],
    ['nothing', ''],
  ])('%s makes a feed unreadable', (_name, content) => {
    expect(readXmlFeed(content)).toEqual({ kind: 'unreadable', line: expect.any(Number), message: expect.any(String) });
  });

  test('the line of a fault is named', () => {
    expect(readXmlFeed('<rss>\n<channel>\n<item>\n</channel></rss>')).toMatchObject({ kind: 'unreadable', line: 4 });
  });

  test('a megabyte of open elements, attributes or namespaces is read or refused at once', () => {
    const hostile = [
      `<rss>${'<a>'.repeat(300_000)}`,
      `<rss>${'<a>'.repeat(150_000)}${'</a>'.repeat(150_000)}</rss>`,
      `<rss>${'<a/>'.repeat(250_000)}</rss>`,
      `<rss ${Array.from({ length: 80_000 }, (_, index) => `a${index}="x"`).join(' ')}/>`,
      `<rss ${Array.from({ length: 50_000 }, (_, index) => `xmlns:a${index}="x"`).join(' ')}/>`,
      `<rss>${'<'.repeat(1_000_000)}`,
      `<rss>${'&amp;'.repeat(200_000)}</rss>`,
      `<rss>${']]'.repeat(500_000)}</rss>`,
    ];
    for (const content of hostile) {
      const startedAt = performance.now();
      readXmlFeed(content);
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    }
  }, 60_000);
});

describe('rows', () => {
  test.each(
    named([
      [{ id: '' }, 'id'],
      [{ id: 'x'.repeat(65) }, 'id'],
      [{ title: '' }, 'title'],
      [{ title: 'x'.repeat(151) }, 'title'],
      [{ description: '' }, 'description'],
      [{ description: 'x'.repeat(5_001) }, 'description'],
      [{ link: 'javascript:alert(1)' }, 'link'],
      [{ link: '' }, 'link'],
      [{ image_link: 'http://cdn.example/mug.jpg' }, 'image_link'],
      [{ image_link: 'data:image/png,x' }, 'image_link'],
      [{ availability: '' }, 'availability'],
      [{ availability: 'preorder' }, 'availability'],
      [{ availability: 'backorder' }, 'availability'],
      [{ availability: 'soon' }, 'availability'],
      [{ price: '15.00' }, 'price'],
      [{ price: '0.10 USD' }, 'price'],
      [{ quantity: '' }, 'quantity'],
      [{ quantity: '-1' }, 'quantity'],
      [{ quantity: '1.5' }, 'quantity'],
      [{ quantity: '1000001' }, 'quantity'],
      [{ quantity: '', sell_on_google_quantity: 'many' }, 'sell_on_google_quantity'],
      [{ sale_price: '12.00 USD' }, 'sale_price'],
      [{ sale_price: 'cheap' }, 'sale_price'],
    ]),
  )('%s is refused, by the attribute', (_name, change, attribute) => {
    expect(refusalOf({ ...mug, ...change })).toMatchObject({ line: 2, attribute, reason: expect.stringMatching(/\.$/) });
  });

  test('a sale price that is no other price does no harm', () => {
    expect(refusalOf({ ...mug, sale_price: '15 USD' })).toBeUndefined();
  });

  test('of availability and quantity the lower holds', () => {
    const onHand = (change: Values) => rowsOf(readTsvFeed(tsv({ ...mug, ...change }))).entries[0]?.onHand;
    expect(onHand({ availability: 'out_of_stock' })).toBe(0);
    expect(onHand({ availability: 'out of stock', quantity: '' })).toBe(0);
    expect(onHand({ availability: 'in_stock', quantity: '0' })).toBe(0);
    expect(onHand({ quantity: '7', sell_on_google_quantity: '9' })).toBe(7);
    expect(onHand({ quantity: '', sell_on_google_quantity: '9' })).toBe(9);
  });

  test('the first row with an id holds, later ones are refused and name it', () => {
    const { entries, refused } = rowsOf(readTsvFeed(tsv(mug, { ...mug, id: 'mug-2' }, { ...mug, title: 'Other' })));
    expect(entries.map((entry) => entry.sku)).toEqual(['mug-1', 'mug-2']);
    expect(refused).toEqual([{ line: 4, sku: 'mug-1', attribute: 'id', reason: expect.stringContaining('Line 2') }]);
  });

  test('readers stop at one row more than a feed may have', () => {
    const many = Array.from({ length: maxFeedRows + 50 }, (_, index) => ({ ...mug, id: `mug-${index}` }));
    for (const reading of [readTsvFeed(tsv(...many)), readXmlFeed(xml(...many))]) {
      expect(reading.kind === 'rows' && reading.rows.length).toBe(maxFeedRows + 1);
    }
    const full = many.slice(0, maxFeedRows);
    for (const reading of [readTsvFeed(tsv(...full)), readXmlFeed(xml(...full))]) expect(rowsOf(reading).entries).toHaveLength(maxFeedRows);
  });
});

describe('damaged feeds', () => {
  /** A small generator with a seed (mulberry32), so that a failure can be had again. */
  const randomFrom = (seed: number) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const scraps = [
    '\t',
    '\n',
    '\r',
    '\r\n',
    '"',
    '""',
    '<',
    '>',
    '</',
    '<item>',
    '</item>',
    '<g:',
    ']]>',
    '<![CDATA[',
    '<!--',
    '-->',
    '<?',
    '<!DOCTYPE x>',
    '&',
    '&#0;',
    '&#xD800;',
    '&amp;',
    '=',
    '\u0000',
    '\ud800',
    '\ufeff',
    '🎁',
    '__proto__',
    '-1',
    '1e309',
    ' xmlns:g="x"',
    'a'.repeat(300),
  ];

  test.each([
    ['TSV', readTsvFeed, tsv(mug, { ...mug, id: 'mug-2', description: '"a\tb\nc"' }, { ...mug, id: 'mug-3' })],
    ['XML', readXmlFeed, xml(mug, { ...mug, id: 'mug-2' })],
  ] as const)('%s: 1500 random damages never throw, and every row is taken or refused', (_format, read, whole) => {
    for (let seed = 1; seed <= 1_500; seed += 1) {
      const random = randomFrom(seed);
      const pick = (length: number): number => Math.floor(random() * length);
      let content = whole;
      for (let edits = 1 + pick(6); edits > 0; edits -= 1) {
        const at = pick(content.length);
        const scrap = random() < 0.3 ? '' : scraps[pick(scraps.length)];
        content = content.slice(0, at) + scrap + content.slice(at + (random() < 0.5 ? pick(40) : 0));
      }
      try {
        const reading = read(content);
        if (reading.kind === 'unreadable') {
          expect(reading.line).toBeGreaterThanOrEqual(1);
          continue;
        }
        const { entries, refused } = readFeedRows(reading.rows);
        expect(entries.length + refused.length).toBe(reading.rows.length);
        for (const { line } of [...entries, ...refused]) expect(line).toBeGreaterThanOrEqual(1);
      } catch (error) {
        throw new Error(`seed ${seed}: ${JSON.stringify(content)}`, { cause: error });
      }
    }
  });
});
