/** The ways of shipping to choose from. */
import { element } from './dom.js';
import { formatMoney } from './format.js';

const inDays = ({ minDays, maxDays }) =>
  minDays === maxDays ? `${maxDays} working ${maxDays === 1 ? 'day' : 'days'}` : `${minDays} to ${maxDays} working days`;

/**
 * @param choices `BuySheet.shippingChoices`
 * @param onChosen called with the service that was chosen instead
 * @returns null when there is nothing to choose
 */
export function shippingChoice(choices, onChosen) {
  if (choices.length < 2) return null;
  return element(
    'fieldset',
    { class: 'shipping' },
    element('legend', {}, 'Shipping'),
    ...choices.map((choice) =>
      element(
        'label',
        { class: 'choice' },
        element('input', {
          type: 'radio',
          name: 'shipping',
          value: choice.service,
          checked: choice.chosen,
          onchange: () => onChosen(choice.service),
        }),
        element('span', { class: 'grow' }, choice.title, element('span', { class: 'quiet' }, ` · ${inDays(choice)}`)),
        element('span', {}, formatMoney(choice.price)),
      ),
    ),
  );
}
