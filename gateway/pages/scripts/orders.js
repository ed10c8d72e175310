/** The viewer's orders. */
import { actionButton, element, failureNote, replace } from './dom.js';
import { formatDateTime, formatMoney } from './format.js';

const statuses = { PLACED: 'Placed', CONFIRMED: 'Confirmed', CANCELLED: 'Cancelled' };

export function showOrders(main, { graph }) {
  const list = element('ul', { class: 'list' });
  const end = element('div', { class: 'end' });
  replace(main, element('h1', {}, 'Orders'), list, end);
  let after = null;

  async function load() {
    main.setAttribute('aria-busy', 'true');
    try {
      const { data } = await graph.run('orders', { first: 20, after });
      const { orders } = data.viewer;
      if (orders === null)
        return replace(end, failureNote('Orders cannot be shown right now.'), actionButton('Try again', load, { class: 'plain' }));
      list.append(...orders.edges.map(({ node }) => orderItem(node)));
      after = orders.pageInfo.endCursor;
      replace(
        end,
        orders.pageInfo.hasNextPage
          ? actionButton('More', load, { class: 'plain' })
          : list.children.length === 0
            ? element('p', { class: 'empty' }, 'Nothing ordered yet.')
            : null,
      );
    } catch (error) {
      replace(end, failureNote(error.message), actionButton('Try again', load, { class: 'plain' }));
    } finally {
      main.removeAttribute('aria-busy');
    }
  }
  return load();
}

function orderItem(order) {
  return element(
    'li',
    { class: 'panel' },
    element(
      'div',
      { class: 'row' },
      element('span', { class: `status ${order.status.toLowerCase()}` }, statuses[order.status] ?? order.status),
      element('time', { class: 'quiet', dateTime: order.placedAt }, formatDateTime(order.placedAt)),
    ),
    ...order.lines.map((line) =>
      element(
        'div',
        { class: 'item' },
        line.product?.image ? element('img', { src: line.product.image.url, alt: line.product.image.alt, width: 56, height: 56 }) : null,
        element(
          'div',
          { class: 'grow' },
          element('strong', {}, line.title),
          element('div', { class: 'quiet' }, `${line.quantity} × ${formatMoney(line.unitPrice)}`),
        ),
      ),
    ),
    element(
      'div',
      { class: 'row' },
      element('span', { class: 'quiet' }, order.seller === null ? '' : `from ${order.seller.displayName}`),
      element('strong', {}, formatMoney(order.total)),
    ),
    element(
      'details',
      {},
      element('summary', {}, 'What it is made of'),
      element(
        'p',
        { class: 'quiet' },
        `${formatMoney(order.subtotal)} + ${formatMoney(order.shipping)} shipping + ${formatMoney(order.tax)} sales tax`,
      ),
      element('p', { class: 'quiet' }, element('code', {}, order.id)),
    ),
  );
}
