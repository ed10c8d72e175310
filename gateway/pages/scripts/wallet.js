/** What is stored for the viewer: cards and addresses, and who was shown what. */
import { addressForm } from './address-form.js';
import { cardForm } from './card-form.js';
import { actionButton, announce, element, failureNote, replace } from './dom.js';
import { formatAddress, formatCard, formatDateTime, formatExpiry } from './format.js';
import { mutate } from './graph.js';
import { openSheet } from './sheet.js';
import { explain } from './words.js';

const shownFields = { name: 'your name', phone: 'your telephone number' };
/** In words, each once: `shippingAddress.city` and `deliveryAddress.line1` are parts of the address. */
const inWords = (fields) => [...new Set(fields.map((field) => shownFields[field.split('.').at(-1)] ?? 'your delivery address'))].join(', ');

export function showWallet(main, { graph }) {
  const content = element('div');
  replace(main, element('h1', {}, 'Wallet'), content);

  async function load() {
    main.setAttribute('aria-busy', 'true');
    try {
      const { data } = await graph.run('wallet');
      const { paymentMethods, addresses, disclosures } = data.viewer;
      replace(
        content,
        section('Cards', paymentMethods, cardItem, 'No card yet.', () =>
          add('Add a card', (sheet, done) => cardForm(graph, sheet.closed, done)),
        ),
        section('Addresses', addresses, addressItem, 'No address yet.', () =>
          add('Add an address', (_sheet, done) => addressForm(graph, done)),
        ),
        section(
          'Shown to sellers',
          disclosures?.edges.map(({ node }) => node) ?? null,
          disclosureItem,
          'No seller was shown anything of you.',
        ),
      );
    } catch (error) {
      replace(content, failureNote(error.message), actionButton('Try again', load, { class: 'plain' }));
    } finally {
      main.removeAttribute('aria-busy');
    }
  }

  function add(title, formOf) {
    const sheet = openSheet(title);
    sheet.body.append(
      formOf(sheet, () => {
        sheet.close();
        return load();
      }),
    );
  }

  function section(title, items, itemOf, emptyText, onAdd) {
    const body =
      items === null
        ? failureNote('This cannot be shown right now.')
        : items.length === 0
          ? element('p', { class: 'quiet' }, emptyText)
          : element('ul', { class: 'list' }, ...items.map(itemOf));
    return element(
      'section',
      {},
      element(
        'div',
        { class: 'section-head' },
        element('h2', {}, title),
        onAdd === undefined ? null : element('button', { type: 'button', class: 'link', onclick: onAdd }, 'Add'),
      ),
      body,
    );
  }

  const act = (operation, input, success) => async () => {
    try {
      const result = await mutate(graph, operation, input);
      const isDone = result.__typename.endsWith('Success');
      announce(isDone ? success : explain(result), isDone ? 'good' : 'bad');
      if (isDone || result.__typename === 'NotFoundError') await load();
    } catch (error) {
      announce(error.message, 'bad');
    }
  };

  function stored(title, detail, isDefault, name, setDefault, remove) {
    return element(
      'li',
      { class: 'panel' },
      element(
        'div',
        { class: 'row' },
        element('strong', {}, title),
        isDefault ? element('span', { class: 'status' }, 'Used for one tap') : null,
      ),
      element('p', { class: 'quiet' }, detail),
      element(
        'div',
        { class: 'actions' },
        isDefault ? null : actionButton('Use for one tap', setDefault, { class: 'link', 'aria-label': `Use ${name} for one tap` }),
        actionButton('Delete', remove, { class: 'link danger', 'aria-label': `Delete ${name}` }),
      ),
    );
  }

  function cardItem(card) {
    const name = formatCard(card);
    const input = { paymentMethodId: card.id };
    return stored(
      name,
      card.isExpired ? `Expired ${formatExpiry(card)}` : `Expires ${formatExpiry(card)}`,
      card.isDefault,
      name,
      act('set-default-payment-method', input, 'One tap pays with this card now.'),
      act('delete-payment-method', input, 'The card is deleted, here and at Stripe.'),
    );
  }

  function addressItem(address) {
    const input = { addressId: address.id };
    return stored(
      address.name,
      formatAddress(address),
      address.isDefault,
      `the address ${address.line1}`,
      act('set-default-address', input, 'One tap ships to this address now.'),
      act('delete-address', input, 'The address is deleted.'),
    );
  }

  const disclosureItem = ({ fields, orderId, purpose, disclosedAt }) =>
    element(
      'li',
      { class: 'panel' },
      element('div', {}, 'A seller looked at ', element('strong', {}, inWords(fields))),
      orderId === null
        ? element('p', { class: 'quiet' }, `${formatDateTime(disclosedAt)}, as you permitted (${purpose.toLowerCase()})`)
        : element('p', { class: 'quiet' }, `${formatDateTime(disclosedAt)}, for order `, element('code', {}, orderId)),
    );

  return load();
}
