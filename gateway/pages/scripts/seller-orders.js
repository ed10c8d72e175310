/** The seller's orders, kept current: a new one comes in at the top and is marked for a while. */
import { actionButton, announce, element, failureNote, replace } from './dom.js';
import { formatAge, formatDateTime, formatMoney } from './format.js';
import { parcelList } from './parcels.js';
import { orderActions } from './seller-order-actions.js';
import { isCancelled, sellerOrderLabel, sellerOrderSentences } from './seller-words.js';

const pageSize = 20;
const markedMs = 8_000;

export function createOrderList(graph) {
  const list = element('ul', { class: 'list', 'aria-label': 'Orders' });
  const state = element('div', { role: 'status' });
  const end = element('div', { class: 'end' });
  const node = element(
    'section',
    {},
    element('div', { class: 'section-head' }, element('h2', {}, 'Orders'), element('span', { class: 'live' }, 'live')),
    state,
    list,
    end,
  );
  /** By id, what is shown; `status` and `version` tell when it has to be drawn anew. */
  const shown = new Map();
  let oldestCursor = null;
  let isFirst = true;

  const draw = (order) => {
    const before = shown.get(order.id);
    // An address that the seller has looked up stays: each reading is recorded.
    const address = before?.address ?? element('div', { class: 'address' });
    const item = orderItem(graph, order, address, () => reload(order.id));
    if (before !== undefined) before.item.replaceWith(item);
    shown.set(order.id, { item, address, status: order.status, version: order.version });
    return item;
  };

  /** Two services tell of an order, and either may be away; an answer from before the last change is not news. */
  const isNews = (order, known) => {
    if (order.version !== null && known.version !== null && order.version < known.version) return false;
    return order.status !== known.status || (order.version !== null && order.version !== known.version);
  };

  const reload = async (id) => {
    try {
      const { data } = await graph.run('order', { id });
      if (data.sellerOrder !== null && isNews(data.sellerOrder, shown.get(id))) draw(data.sellerOrder);
    } catch (error) {
      announce(error.message, 'bad');
    }
  };

  const more = async () => {
    try {
      const { data } = await graph.run('orders', { first: pageSize, after: oldestCursor });
      const { edges, pageInfo } = data.viewerSeller.orders;
      for (const { node: order } of edges) if (!shown.has(order.id)) list.append(draw(order));
      oldestCursor = pageInfo.endCursor;
      replace(end, pageInfo.hasNextPage ? actionButton('Older orders', more, { class: 'plain' }) : null);
    } catch (error) {
      announce(error.message, 'bad');
    }
  };

  return {
    node,
    /** Asks for the newest orders. @returns the seller, null for an account without one, undefined when that is not known */
    async refresh() {
      try {
        const { data } = await graph.run('orders', { first: pageSize, after: null });
        const seller = data.viewerSeller;
        if (seller === null) return null;
        if (seller.orders === null) {
          replace(state, failureNote('Orders cannot be shown right now.'));
          return seller;
        }
        const { edges, pageInfo } = seller.orders;
        for (const { node: order } of edges.toReversed()) {
          const known = shown.get(order.id);
          if (known !== undefined && !isNews(order, known)) continue;
          const item = draw(order);
          if (known !== undefined) continue;
          list.prepend(item);
          if (!isFirst) {
            item.classList.add('new');
            setTimeout(() => item.classList.remove('new'), markedMs);
            announce(`New order: ${formatMoney(order.total)}`, 'good');
          }
        }
        if (isFirst) {
          oldestCursor = pageInfo.endCursor;
          replace(end, pageInfo.hasNextPage ? actionButton('Older orders', more, { class: 'plain' }) : null);
        }
        isFirst = false;
        for (const time of list.querySelectorAll('time')) time.textContent = formatAge(time.dateTime);
        replace(state, shown.size === 0 ? element('p', { class: 'quiet' }, 'No orders yet. They appear here by themselves.') : null);
        return seller;
      } catch (error) {
        replace(state, failureNote(error.message));
        return undefined;
      }
    },
  };
}

function orderItem(graph, order, address, onDone) {
  const ask = () => showAddress(graph, order.id, address);
  return element(
    'li',
    { class: 'panel' },
    element(
      'div',
      { class: 'row' },
      element('span', { class: isCancelled(order) ? 'status cancelled' : 'status' }, sellerOrderLabel(order)),
      element('time', { class: 'quiet', dateTime: order.placedAt, title: formatDateTime(order.placedAt) }, formatAge(order.placedAt)),
    ),
    ...order.lines.map((line) =>
      element(
        'div',
        { class: 'row' },
        element('span', {}, `${line.quantity} × ${line.title} `, element('span', { class: 'quiet' }, line.sku)),
        element('span', {}, formatMoney(line.unitPrice)),
      ),
    ),
    element(
      'div',
      { class: 'row' },
      element('span', { class: 'quiet' }, `${formatMoney(order.shipping)} shipping, ${formatMoney(order.tax)} tax`),
      element('strong', {}, formatMoney(order.total)),
    ),
    element('div', { class: 'quiet' }, element('code', {}, order.id)),
    ...sellerOrderSentences(order).map((sentence) => element('p', { class: 'quiet' }, sentence)),
    parcelList(order.shipments),
    orderActions(graph, order, onDone),
    !isCancelled(order) ? actionButton('Show shipping address', ask, { class: 'link' }) : null,
    address,
  );
}

/** The address of one order. Each reading is recorded where the buyer can see it. */
async function showAddress(graph, orderId, target) {
  try {
    const { data } = await graph.run('order-address', { id: orderId });
    const order = data.sellerOrder;
    if (order === null) return replace(target, failureNote('This order is not in your list any more.'));
    if (order.shippingAddress === null)
      return replace(target, element('p', { class: 'quiet' }, 'You may not see this address, or it was deleted.'));
    const { name, line1, line2, city, region, postalCode, country, phone } = order.shippingAddress;
    const lines = [name, line1, line2, `${city}, ${region} ${postalCode}`, country, phone].filter(Boolean);
    return replace(
      target,
      element('address', {}, ...lines.map((line) => element('div', {}, line))),
      element('p', { class: 'quiet' }, 'The buyer can see that you looked.'),
    );
  } catch (error) {
    return replace(target, failureNote(error.message));
  }
}
