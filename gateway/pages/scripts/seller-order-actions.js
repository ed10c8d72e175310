/** What a seller does about an order: ship what is left of it, cancel it, give the money back. Each is asked for on a sheet first. */
import { askOnSheet } from './ask-sheet.js';
import { actionButton, announce, element, field, selectField } from './dom.js';
import { formatMoney } from './format.js';
import { mutate } from './graph.js';
import { carriers, isCancelled, refundReasons, sellerCancelReasons } from './seller-words.js';
import { explain } from './words.js';

const refundable = new Set(['CAPTURED', 'PARTIALLY_REFUNDED']);

/**
 * @param order one of `seller-orders`; its `version` is null when checkout could not be asked
 * @param onDone called when something was done about it, or it turned out to have changed
 * @returns null when nothing can be done
 */
export function orderActions(graph, order, onDone) {
  if (order.version === null || isCancelled(order)) return null;
  const goods = order.lines.map(({ quantity, title }) => `${quantity} × ${title}`).join(', ');
  const canShip = (order.unshipped ?? []).length > 0 && order.payment !== 'REFUNDED';
  const buttons = [
    canShip ? button('Ship', 'primary', goods, () => ship(graph, order, onDone)) : null,
    order.fulfilment === 'UNSHIPPED' ? button('Cancel', 'link danger', goods, () => cancel(graph, order, onDone)) : null,
    refundable.has(order.payment)
      ? actionButton('Refund in full', () => refund(graph, order, onDone), {
          class: 'link danger',
          'aria-label': `Refund in full: ${goods}`,
        })
      : null,
  ].filter((each) => each !== null);
  return buttons.length === 0 ? null : element('div', { class: 'row' }, ...buttons);
}

const button = (label, kind, goods, onclick) =>
  element('button', { type: 'button', class: kind, 'aria-label': `${label}: ${goods}`, onclick }, label);

function ship(graph, order, onDone) {
  const titles = new Map(order.lines.map(({ productId, title }) => [productId, title]));
  const left = order.unshipped.map(({ productId, quantity }) => `${quantity} × ${titles.get(productId) ?? productId}`).join(', ');
  const carrier = selectField('Carrier', 'carrier', carriers);
  const carrierName = field('Name of the carrier', { name: 'carrierName', required: true, maxLength: 40, autocomplete: 'off' });
  const trackingNumber = field('Tracking number (optional)', {
    name: 'trackingNumber',
    maxLength: 60,
    autocomplete: 'off',
    pattern: '[A-Za-z0-9 \\-]{4,60}',
    title: '4 to 40 letters and digits',
  });
  const isOther = () => carrier.input.value === 'OTHER';
  const drawName = () => {
    carrierName.node.hidden = !isOther();
    // A field that is not shown must not keep the form from being sent.
    carrierName.input.disabled = !isOther();
  };
  carrier.input.addEventListener('change', drawName);
  drawName();
  askOnSheet({
    title: 'Ship',
    text: `In this parcel is all that is left: ${left}. The buyer gets the tracking number.`,
    fields: { carrier, carrierName, trackingNumber },
    submitLabel: 'It is on its way',
    send: () =>
      mutate(graph, 'ship-order', {
        orderId: order.id,
        carrier: carrier.input.value,
        carrierName: isOther() ? carrierName.input.value.trim() : null,
        trackingNumber: trackingNumber.input.value.trim() || null,
        expectedVersion: order.version,
      }),
    success: 'The buyer is told that it is on its way.',
    onDone,
  });
}

function cancel(graph, order, onDone) {
  const reason = selectField('Why?', 'reason', sellerCancelReasons);
  askOnSheet({
    title: 'Cancel this order?',
    text: 'Do not ship it. The buyer gets back all that was paid.',
    fields: { reason },
    submitLabel: 'Cancel the order',
    send: () => mutate(graph, 'cancel-order', { orderId: order.id, reason: reason.input.value, expectedVersion: order.version }),
    success: 'The order is cancelled: do not ship it.',
    onDone,
  });
}

async function refund(graph, order, onDone) {
  let quote;
  try {
    const { data } = await graph.run('refund-quote', { input: { orderId: order.id, kind: 'FULL' } });
    quote = data.refundQuote;
  } catch (error) {
    return announce(error.message, 'bad');
  }
  if (quote.__typename !== 'RefundQuote') {
    announce(explain(quote), 'bad');
    return onDone();
  }
  const reason = selectField('Why?', 'reason', refundReasons);
  return askOnSheet({
    title: 'Refund in full?',
    text: `${formatMoney(quote.amount)} goes back to the buyer's card.`,
    fields: { reason },
    submitLabel: `Refund ${formatMoney(quote.amount)}`,
    send: () =>
      mutate(graph, 'refund-order', { orderId: order.id, kind: 'FULL', reason: reason.input.value, expectedVersion: order.version }),
    success: 'The refund is being made.',
    onDone,
  });
}
