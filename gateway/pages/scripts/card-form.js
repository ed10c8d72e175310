/** The form for a card. What is typed here goes to Stripe; Vitrine stores what Stripe calls it. */
import { configuration } from './configuration.js';
import { actionButton, element, failureNote, field, onSubmit } from './dom.js';
import { mutate } from './graph.js';
import { confirmSetup, createCard, waitForConfirmation } from './stripe.js';
import { explain } from './words.js';
import { saveChoice } from './save-choice.js';

const testCards = [
  ['4242 4242 4242 4242', 'works'],
  ['4000 0000 0000 0341', 'is declined when it pays'],
  ['4000 0027 6000 3184', 'asks to confirm (3-D Secure)'],
];

/** Spaces between groups of four as one types, digits only. */
function groupDigits(input) {
  const digits = input.value.replaceAll(/\D/g, '').slice(0, 19);
  input.value = digits.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

function slashExpiry(input) {
  const digits = input.value.replaceAll(/\D/g, '').slice(0, 4);
  input.value = digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
}

/** A step in which the card holder confirms on a page of the bank. */
export function confirmationStep(address, isOver) {
  const link = element(
    'a',
    { class: 'button primary', href: address, target: '_blank', rel: 'noopener noreferrer' },
    'Confirm with your bank',
  );
  return element(
    'div',
    { class: 'form', role: 'group', 'aria-label': 'Confirmation' },
    element('h3', {}, 'Your bank wants to be sure'),
    element('p', {}, 'Confirm on the page of your bank. This goes on by itself when you are done.'),
    link,
    isOver === undefined ? null : actionButton('Not now', isOver, { class: 'plain' }),
  );
}

/**
 * @param {AbortSignal} closed ends the waiting for a confirmation
 * @param {() => unknown} onStored called once the card is stored
 */
export function cardForm(graph, closed, onStored) {
  const number = field('Card number', {
    autocomplete: 'cc-number',
    inputmode: 'numeric',
    required: true,
    placeholder: '1234 1234 1234 1234',
    oninput: () => groupDigits(number.input),
  });
  const expiry = field('Expires', {
    autocomplete: 'cc-exp',
    inputmode: 'numeric',
    required: true,
    placeholder: 'MM/YY',
    pattern: '(0[1-9]|1[0-2])/\\d\\d',
    title: 'Month and year, for example 04/30',
    oninput: () => slashExpiry(expiry.input),
  });
  const cvc = field('Security code', {
    autocomplete: 'cc-csc',
    inputmode: 'numeric',
    required: true,
    placeholder: 'CVC',
    maxLength: 4,
    pattern: '\\d{3,4}',
    title: 'Three digits on the back, four on American Express',
  });
  const problem = element('div');
  const submit = element('button', { type: 'submit', class: 'primary' }, 'Pay with this card');
  const choice = saveChoice(graph);
  const hint = configuration.showTestCards
    ? element(
        'details',
        { class: 'test-cards' },
        element('summary', {}, 'Test cards'),
        element('p', {}, 'This is a test: no money moves. Any date to come and any code.'),
        ...testCards.map(([digits, meaning]) =>
          element(
            'button',
            {
              type: 'button',
              class: 'plain',
              onclick: () => ([number.input.value, expiry.input.value, cvc.input.value] = [digits, '12/34', '123']),
            },
            element('code', {}, digits),
            ` ${meaning}`,
          ),
        ),
      )
    : null;
  const form = element(
    'form',
    { class: 'form' },
    element('h3', {}, 'How do you want to pay?'),
    number.node,
    element('div', { class: 'columns' }, expiry.node, cvc.node),
    element('p', { class: 'quiet' }, 'The card goes straight to Stripe. Vitrine never sees its number.'),
    choice.node,
    hint,
    problem,
    submit,
  );

  let storedId;
  const store = async () => {
    const setup = await mutate(graph, 'start-card-setup', {});
    if (setup.__typename !== 'StartCardSetupSuccess') return explain(setup);
    const [month, year] = expiry.input.value.split('/');
    const card = await createCard({ number: number.input.value.replaceAll(' ', ''), month, year: `20${year}`, cvc: cvc.input.value });
    const address = await confirmSetup(setup.clientSecret, card);
    if (address !== null) {
      const step = confirmationStep(address);
      form.replaceWith(step);
      await waitForConfirmation('setup_intents', setup.clientSecret, closed);
      step.replaceWith(form);
      if (closed.aborted) return null;
    }
    const stored = await mutate(graph, 'finish-card-setup', { setupIntentId: setup.setupIntentId, saveConsent: choice.consent() });
    if (stored.__typename !== 'FinishCardSetupSuccess') return explain(stored);
    storedId = stored.paymentMethod.id;
    return undefined;
  };

  // Never sent as a form: the policy of this page refuses that, too.
  onSubmit(form, submit, async () => {
    problem.replaceChildren();
    try {
      const failure = await store();
      if (failure === undefined) {
        form.reset();
        await onStored(storedId);
      } else if (failure !== null) {
        problem.replaceChildren(failureNote(failure));
      }
    } catch (error) {
      problem.replaceChildren(failureNote(error.message));
    }
  });
  return form;
}
