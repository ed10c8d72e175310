/** The seller's products, with their stock to be set. */
import { actionButton, announce, element, failureNote, onSubmit, replace } from './dom.js';
import { formatMoney } from './format.js';
import { mutate } from './graph.js';
import { explain } from './words.js';

const maxOnHand = 1_000_000;

export function createProductList(graph) {
  const body = element('div');
  const node = element('section', {}, element('div', { class: 'section-head' }, element('h2', {}, 'Products')), body);

  async function load() {
    try {
      const products = [];
      for (let after = null; ;) {
        const { data } = await graph.run('products', { first: 50, after });
        const page = data.viewerSeller?.products;
        if (!page) break;
        products.push(...page.edges.map((edge) => edge.node));
        if (!page.pageInfo.hasNextPage) break;
        after = page.pageInfo.endCursor;
      }
      replace(
        body,
        products.length === 0
          ? element('p', { class: 'quiet' }, 'No products yet.')
          : element('ul', { class: 'list' }, ...products.map((product) => productItem(graph, product))),
      );
      return products;
    } catch (error) {
      replace(body, failureNote(error.message), actionButton('Try again', load, { class: 'plain' }));
      return [];
    }
  }
  return { node, load };
}

function productItem(graph, product) {
  const count = element('output', { class: 'quiet' });
  const drawCount = (stock) => replace(count, stock === null ? '' : `${stock.available} to sell, ${stock.reserved} held`);
  drawCount(product.stock);
  const input = element('input', {
    type: 'number',
    min: 0,
    max: maxOnHand,
    step: 1,
    required: true,
    value: String(product.stock?.onHand ?? 0),
    'aria-label': `Pieces of ${product.title} on hand`,
    class: 'number',
  });
  const submit = element('button', { type: 'submit', class: 'link', 'aria-label': `Set the stock of ${product.title}` }, 'Set');
  const form = element('form', { class: 'inline' }, input, submit);
  onSubmit(form, submit, async () => {
    try {
      const result = await mutate(graph, 'set-stock', { productId: product.id, onHand: input.valueAsNumber });
      if (result.__typename === 'SetStockSuccess') drawCount(result.product.stock);
      announce(
        result.__typename === 'SetStockSuccess' ? 'The stock is set.' : explain(result),
        result.__typename === 'SetStockSuccess' ? 'good' : 'bad',
      );
    } catch (error) {
      announce(error.message, 'bad');
    }
  });
  return element(
    'li',
    { class: 'panel item' },
    element('img', { src: product.image.url, alt: product.image.alt, width: 56, height: 56, loading: 'lazy' }),
    element(
      'div',
      { class: 'grow' },
      element('strong', {}, product.title),
      element('div', { class: 'quiet' }, `${product.sku} · ${formatMoney(product.price)}`),
      count,
    ),
    form,
  );
}
