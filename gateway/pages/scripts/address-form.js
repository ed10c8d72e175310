/** The form for a delivery address. */
import { element, failureNote, field, onSubmit } from './dom.js';
import { mutate } from './graph.js';
import { explain } from './words.js';
import { saveChoice } from './save-choice.js';

const states =
  'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI'.split(
    ' ',
  );

/** @param {() => unknown} onStored called once the address is stored */
export function addressForm(graph, onStored) {
  const name = field('Full name', { name: 'name', autocomplete: 'shipping name', required: true, maxLength: 100 });
  const line1 = field('Street and number', { name: 'line1', autocomplete: 'shipping address-line1', required: true, maxLength: 100 });
  const line2 = field('Apartment, floor (optional)', { name: 'line2', autocomplete: 'shipping address-line2', maxLength: 100 });
  const city = field('City', { name: 'city', autocomplete: 'shipping address-level2', required: true, maxLength: 80 });
  const region = field('State', { tag: 'select', name: 'region', autocomplete: 'shipping address-level1', required: true });
  region.input.append(element('option', { value: '' }, '–'), ...states.map((state) => element('option', { value: state }, state)));
  const postalCode = field('ZIP code', {
    name: 'postalCode',
    autocomplete: 'shipping postal-code',
    inputmode: 'numeric',
    required: true,
    pattern: '\\d{5}(-\\d{4})?',
    title: 'Five digits, or nine as 12345-6789',
  });
  const inputs = { name, line1, line2, city, region, postalCode };
  const problem = element('div');
  const submit = element('button', { type: 'submit', class: 'primary' }, 'Ship to this address');
  const choice = saveChoice(graph);

  const form = element(
    'form',
    { class: 'form' },
    element('h3', {}, 'Where should it go?'),
    name.node,
    line1.node,
    line2.node,
    city.node,
    element('div', { class: 'columns' }, region.node, postalCode.node),
    element('p', { class: 'quiet' }, 'Kept encrypted. A seller sees it only for an order of yours, and you see when.'),
    choice.node,
    problem,
    submit,
  );
  onSubmit(form, submit, async () => {
    problem.replaceChildren();
    try {
      const values = Object.fromEntries(Object.entries(inputs).map(([key, { input }]) => [key, input.value.trim()]));
      const result = await mutate(graph, 'add-address', {
        ...values,
        line2: values.line2 === '' ? null : values.line2,
        country: 'US',
        saveConsent: choice.consent(),
      });
      if (result.__typename === 'AddAddressSuccess') {
        await onStored(result.address.id);
        return;
      }
      problem.replaceChildren(failureNote(explain(result)));
      inputs[result.path?.at(-1)]?.input.focus();
    } catch (error) {
      problem.replaceChildren(failureNote(error.message));
    }
  });
  return form;
}
