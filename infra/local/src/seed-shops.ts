/** The seeded shops: what they sell, and what they post about it. */
import type { SeededHandle } from './identity-accounts.ts';

export interface SeededProduct {
  readonly sku: string;
  readonly title: string;
  readonly description: string;
  /** File in the gateway's `pages/images`. */
  readonly image: string;
  /** US cents. */
  readonly priceMinor: number;
  readonly stock: number;
  readonly post: string;
}

export interface SeededShop {
  readonly key: string;
  readonly handle: SeededHandle;
  /** File in the gateway's `pages/images`. */
  readonly avatar: string;
  readonly products: readonly SeededProduct[];
}

export const seededShops: readonly SeededShop[] = [
  {
    key: 'paper-and-pine',
    handle: '@paperandpine',
    avatar: 'avatar-paper-and-pine.svg',
    products: [
      {
        sku: 'PP-POSTER',
        title: 'Risograph poster, Night Forest',
        description: 'Two-colour risograph print on 170 g paper, 30 × 40 cm, numbered. The last three of the edition.',
        image: 'poster.svg',
        priceMinor: 3_200,
        stock: 3,
        post: 'The last three of Night Forest. When they are gone, they are gone.',
      },
      {
        sku: 'PP-TOTE',
        title: 'Canvas tote, undyed',
        description: 'Heavy organic cotton with long handles. Holds a week of groceries.',
        image: 'tote.svg',
        priceMinor: 2_400,
        stock: 200,
        post: 'Carry less plastic. Our undyed canvas tote is back.',
      },
      {
        sku: 'PP-PEN',
        title: 'Fountain pen, fine nib',
        description: 'Brass body, steel nib, takes standard cartridges. Comes with a converter.',
        image: 'fountain-pen.svg',
        priceMinor: 4_800,
        stock: 60,
        post: 'A pen you will still have in twenty years.',
      },
      {
        sku: 'PP-NOTEBOOK',
        title: 'Dot-grid notebook',
        description: '160 pages of cream paper that lies flat, with an index and numbered pages.',
        image: 'notebook.svg',
        priceMinor: 1_800,
        stock: 500,
        post: 'New year, new pages: the dot-grid notebook that lies flat.',
      },
    ],
  },
  {
    key: 'northwind-coffee',
    handle: '@northwind',
    avatar: 'avatar-northwind.svg',
    products: [
      {
        sku: 'NW-KETTLE',
        title: 'Gooseneck kettle, 0.9 l',
        description: 'For a slow and steady pour. Stainless steel, for every stove.',
        image: 'kettle.svg',
        priceMinor: 6_900,
        stock: 0,
        post: 'The kettle everybody asks about. Sold out for now, back in spring.',
      },
      {
        sku: 'NW-CANDLE',
        title: 'Coffee-blossom candle',
        description: 'Soy wax in a reusable glass, burns for about 40 hours.',
        image: 'candle.svg',
        priceMinor: 2_100,
        stock: 120,
        post: 'Smells like the morning before the first cup.',
      },
      {
        sku: 'NW-MUG',
        title: 'Stoneware mug, 300 ml',
        description: 'Thrown by hand, glazed inside, fits under most machines.',
        image: 'mug.svg',
        priceMinor: 2_600,
        stock: 80,
        post: 'Fresh from the kiln.',
      },
      {
        sku: 'NW-BEANS',
        title: 'House blend, whole beans, 340 g',
        description: 'Chocolate, cherry, a little smoke. Roasted on Mondays, shipped on Tuesdays.',
        image: 'coffee-bag.svg',
        priceMinor: 1_650,
        stock: 1_000,
        post: 'Roasted on Monday, at your door by the weekend. One tap and it is yours.',
      },
    ],
  },
];

/** A shop's products as a feed in the Google Merchant Center format. */
export function toFeed(shop: SeededShop, gatewayUrl: string): string {
  const header = ['id', 'title', 'description', 'link', 'image_link', 'availability', 'price', 'quantity'];
  const rows = shop.products.map((product) => [
    product.sku,
    product.title,
    product.description,
    `https://${shop.key}.example/${product.sku.toLowerCase()}`,
    `${gatewayUrl}/images/${product.image}`,
    product.stock > 0 ? 'in_stock' : 'out_of_stock',
    `${(product.priceMinor / 100).toFixed(2)} USD`,
    String(product.stock),
  ]);
  return [header, ...rows].map((row) => row.join('\t')).join('\n');
}
