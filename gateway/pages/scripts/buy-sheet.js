/** The buy sheet: the price, what is still missing, and the tap that buys. */
import { addressForm } from './address-form.js';
import { cardForm, confirmationStep } from './card-form.js';
import { actionButton, element, failureNote, replace } from './dom.js';
import { formatAddress, formatCard, formatExpiry, formatMoney } from './format.js';
import { openSheet } from './sheet.js';
import { shippingChoice } from './shipping-choice.js';
import { findConfirmation, waitForConfirmation } from './stripe.js';
import { undoControl } from './undo.js';
import { boughtTwiceQuestion, explain, takenBackSentence } from './words.js';

const maxQuantity = 10;

/**
 * @param context `graph`, `purchases`, `accountId`, `onOrdered(order)`, called when it is bought, and `onUndone()`, when it is taken back
 * @param wanted `productId`, `sourcePostId`, `title`, and `outcome`: what a one-tap purchase came back with, if that is why the sheet opens
 */
export function openBuySheet(context, { productId, sourcePostId, title, outcome }) {
  const { graph, purchases, accountId, onOrdered, onUndone } = context;
  const sheet = openSheet('Buy');
  let quantity = 1;
  let lastInput;
  /** The purchase beside which the buyer wants this one, too: asked once for a sheet. */
  let besideOrderId;
  /** What was entered and chosen on this sheet: it need not be saved to be used. */
  const entered = {};

  const row = (label, value, kind) =>
    element('div', { class: kind === undefined ? 'row' : `row ${kind}` }, element('dt', {}, label), element('dd', {}, value));
  const later = 'with your address';

  /** Shows the sheet as it is now. @param note what happened just before, if anything */
  async function show(note) {
    sheet.body.setAttribute('aria-busy', 'true');
    let result;
    try {
      const { data } = await graph.run('open-buy', { input: { productId, quantity, ...entered } });
      result = data.openBuy;
    } catch (error) {
      return replace(
        sheet.body,
        failureNote(error.message),
        actionButton('Try again', () => show(note), { class: 'primary' }),
      );
    } finally {
      sheet.body.removeAttribute('aria-busy');
    }
    if (result.__typename === 'OutOfStockError' && result.availableQuantity > 0 && quantity > 1) {
      quantity = Math.min(result.availableQuantity, maxQuantity);
      return show(explain(result));
    }
    if (result.path?.includes('shippingService') && entered.shippingService !== undefined) {
      // Another address has other ways of shipping.
      delete entered.shippingService;
      return show(note);
    }
    if (result.__typename !== 'BuySheet')
      return replace(
        sheet.body,
        failureNote(explain(result)),
        element('button', { type: 'button', class: 'plain', onclick: sheet.close }, 'Close'),
      );
    return replace(sheet.body, note === undefined ? null : failureNote(note), summary(result), ...nextStep(result));
  }

  function stepper(current) {
    const change = (by) => async () => {
      quantity = Math.min(maxQuantity, Math.max(1, current + by));
      await show();
    };
    return element(
      'div',
      { class: 'stepper', role: 'group', 'aria-label': 'Pieces' },
      actionButton('−', change(-1), { 'aria-label': 'One less', disabled: current <= 1 }),
      element('output', { 'aria-live': 'polite' }, String(current)),
      actionButton('+', change(1), { 'aria-label': 'One more', disabled: current >= maxQuantity }),
    );
  }

  function summary(result) {
    const { product } = result;
    return element(
      'section',
      { class: 'summary' },
      element(
        'div',
        { class: 'item' },
        product?.image ? element('img', { src: product.image.url, alt: product.image.alt, width: 72, height: 72 }) : null,
        element(
          'div',
          { class: 'grow' },
          element('strong', {}, product?.title ?? title),
          element('div', { class: 'quiet' }, product?.seller?.displayName ?? ''),
        ),
        stepper(result.quantity),
      ),
      element(
        'dl',
        {},
        row(result.quantity === 1 ? 'Price' : `${result.quantity} × ${formatMoney(result.unitPrice)}`, formatMoney(result.subtotal)),
        row('Shipping', result.shipping === null ? later : formatMoney(result.shipping)),
        row('Sales tax', result.tax === null ? later : formatMoney(result.tax)),
        result.total === null ? null : row('Total', formatMoney(result.total), 'total'),
      ),
      shippingChoice(result.shippingChoices, chooseShipping),
    );
  }

  async function chooseShipping(service) {
    entered.shippingService = service;
    await show();
    sheet.body.querySelector('input[name="shipping"]:checked')?.focus();
  }

  function chosen(label, value, onChange) {
    return element(
      'div',
      { class: 'chosen' },
      element('div', { class: 'grow' }, element('div', { class: 'quiet' }, label), element('div', {}, value)),
      element('button', { type: 'button', class: 'link', 'aria-label': `Change: ${label}`, onclick: onChange }, 'Change'),
    );
  }

  const newAddress = () => addressForm(graph, (addressId) => show(void (entered.addressId = addressId)));
  const newCard = () => cardForm(graph, sheet.closed, (paymentMethodId) => show(void (entered.paymentMethodId = paymentMethodId)));
  const insteadOf = (form) =>
    replace(
      sheet.body,
      form,
      actionButton('Back', () => show(), { class: 'plain' }),
    );

  function nextStep({ missing, address, paymentMethod, total, product, quoteId, undoWindowSeconds }) {
    const known = [
      address === null ? null : chosen('Ship to', `${address.name}, ${formatAddress(address)}`, () => insteadOf(newAddress())),
      paymentMethod === null
        ? null
        : chosen('Pay with', `${formatCard(paymentMethod)}, ${formatExpiry(paymentMethod)}`, () => insteadOf(newCard())),
    ];
    if (missing.includes('DELIVERY_ADDRESS')) return [...known, newAddress()];
    if (missing.includes('PAYMENT_METHOD')) return [...known, newCard()];
    if (missing.length > 0 || total === null)
      return [...known, failureNote('Something is needed that this version cannot ask for. Load the page again.')];
    const { shippingService } = entered;
    const input = {
      productId,
      quantity,
      expectedTotal: total,
      addressId: address.id,
      paymentMethodId: paymentMethod.id,
      sourcePostId,
      shippingService,
      quoteId,
      besideOrderId,
    };
    return [
      ...known,
      actionButton(`Buy now · ${formatMoney(total)}`, () => buy(input), {
        class: 'primary large',
        'aria-label': `Buy ${product?.title ?? title} now for ${formatMoney(total)}`,
      }),
      undoWindowSeconds === 0
        ? null
        : element('p', { class: 'quiet center' }, `You can take it back for ${undoWindowSeconds} seconds after the tap.`),
    ];
  }

  async function buy(input) {
    lastInput = input;
    let result;
    try {
      result = await purchases.buy(accountId, input);
    } catch (error) {
      return show(
        `${error.message} It is not certain yet whether it was bought: tap Buy again and you will know. You are never charged twice.`,
      );
    }
    return settle(result);
  }

  async function settle(result) {
    if (result.__typename === 'PlaceOrderSuccess') return celebrate(result.order);
    if (result.__typename === 'PaymentActionRequired') return confirmAtBank(result);
    if (result.__typename === 'PossibleDuplicateError') return askWhetherTwice(result);
    return show(explain(result));
  }

  /** The first one stays as it is, whatever the answer. */
  function askWhetherTwice({ orderId }) {
    const buyBeside = () => {
      besideOrderId = orderId;
      return buy({ ...lastInput, besideOrderId });
    };
    replace(
      sheet.body,
      element('p', { role: 'alert' }, boughtTwiceQuestion),
      actionButton(`Yes, once more for ${formatMoney(lastInput.expectedTotal)}`, buyBeside, { class: 'primary large' }),
      element('button', { type: 'button', class: 'plain', onclick: sheet.close }, 'No, once is enough'),
    );
  }

  async function confirmAtBank({ clientSecret }) {
    try {
      const address = await findConfirmation('payment_intents', clientSecret);
      if (address !== null) {
        replace(
          sheet.body,
          confirmationStep(address, () => show()),
        );
        await waitForConfirmation('payment_intents', clientSecret, sheet.closed);
        if (sheet.closed.aborted) return undefined;
      }
      replace(sheet.body, element('p', { role: 'status' }, 'Finishing your order…'));
      // The same purchase as before: its key is kept until there is an answer.
      return await settle(await purchases.buy(accountId, lastInput));
    } catch (error) {
      return show(error.message);
    }
  }

  function celebrate(order) {
    sheet.setTitle('Ordered');
    onOrdered(order);
    const undo = undoControl(graph, order, (isUndone) => (isUndone ? takenBack() : undefined));
    replace(
      sheet.body,
      element(
        'div',
        { class: 'ordered', role: 'status' },
        element('div', { class: 'tick', 'aria-hidden': 'true' }, '✓'),
        element('p', {}, `${title} is yours for ${formatMoney(order.total)}.`),
        element(
          'p',
          { class: 'quiet' },
          undo === null ? 'The seller gets it in a moment.' : 'Changed your mind? Take it back before the seller gets it.',
        ),
      ),
      undo,
      element('a', { class: 'button primary', href: '#/orders', onclick: sheet.close }, 'See your orders'),
      element('button', { type: 'button', class: 'plain', onclick: sheet.close }, 'Keep looking'),
    );
  }

  function takenBack() {
    sheet.setTitle('Taken back');
    onUndone();
    replace(
      sheet.body,
      element('p', { role: 'status' }, takenBackSentence),
      element('button', { type: 'button', class: 'primary', onclick: sheet.close }, 'Close'),
    );
  }

  if (outcome === undefined) return show();
  lastInput = outcome.input;
  return settle(outcome.result);
}
