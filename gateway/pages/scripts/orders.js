/** The viewer's orders: where each stands, and what can still be done about it. */
import { askOnSheet } from './ask-sheet.js';
import { actionButton, announce, element, failureNote, replace, selectField } from './dom.js';
import { formatDateTime, formatMoney } from './format.js';
import { mutate } from './graph.js';
import { parcelList } from './parcels.js';
import { undoControl } from './undo.js';
import { buyerCancelReasons, orderLabel, orderSentences, takenBackSentence } from './words.js';

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
      list.append(...orders.edges.map(({ node }) => shownOrder(graph, node)));
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

/** One order in the list, which draws itself anew once something was done about it. */
function shownOrder(graph, order) {
  let item;
  const reload = async () => {
    try {
      const { data } = await graph.run('order', { id: order.id });
      if (data.order === null) return item.remove();
      const drawn = orderItem(graph, data.order, reload);
      item.replaceWith(drawn);
      item = drawn;
    } catch (error) {
      announce(error.message, 'bad');
    }
    return undefined;
  };
  item = orderItem(graph, order, reload);
  return item;
}

function orderItem(graph, order, reload) {
  const goods = order.lines.map(({ title }) => title).join(', ');
  return element(
    'li',
    { class: 'panel' },
    element(
      'div',
      { class: 'row' },
      element('span', { class: `status ${order.status.toLowerCase()}` }, orderLabel(order)),
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
    ...orderSentences(order).map((sentence) => element('p', { class: 'quiet' }, sentence)),
    parcelList(order.shipments),
    undoControl(graph, order, (isUndone) => {
      if (isUndone) announce(takenBackSentence, 'good');
      return reload();
    }) ?? cancelButton(graph, order, goods, reload),
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

/** Null for an order that is on its way, or over. */
function cancelButton(graph, order, goods, onDone) {
  if (order.status === 'CANCELLED' || order.fulfilment !== 'UNSHIPPED') return null;
  const ask = () => {
    const reason = selectField('Why?', 'reason', buyerCancelReasons);
    askOnSheet({
      title: 'Cancel this order?',
      text: `${goods}: the seller does not ship it, and ${formatMoney(order.total)} goes back to your card.`,
      fields: { reason },
      submitLabel: 'Cancel the order',
      send: () => mutate(graph, 'cancel-order', { orderId: order.id, reason: reason.input.value || null }),
      success: 'The order is cancelled.',
      onDone,
    });
  };
  return element('button', { type: 'button', class: 'link danger', 'aria-label': `Cancel the order of ${goods}`, onclick: ask }, 'Cancel');
}
