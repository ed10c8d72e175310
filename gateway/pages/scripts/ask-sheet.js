/** A sheet that asks before something is done that cannot be taken back, with what has to be said for it. */
import { announce, element, failureNote, onSubmit, replace } from './dom.js';
import { isUnanswered } from './graph.js';
import { openSheet } from './sheet.js';
import { explain } from './words.js';

/**
 * @param asked `title`; `text`, what will happen; `fields`, by the name of what they fill in the input, as `field()` makes
 *   them; `submitLabel`; `send()`, which sends the mutation; `success`, what is announced when it is done; `onDone()`, called
 *   once what is shown behind the sheet has changed
 */
export function askOnSheet({ title, text, fields, submitLabel, send, success, onDone }) {
  const sheet = openSheet(title);
  const problem = element('div');
  const submit = element('button', { type: 'submit', class: 'primary' }, submitLabel);
  const form = element(
    'form',
    { class: 'form' },
    element('p', {}, text),
    ...Object.values(fields).map(({ node }) => node),
    problem,
    submit,
    element('button', { type: 'button', class: 'plain', onclick: sheet.close }, 'Back'),
  );
  onSubmit(form, submit, async () => {
    problem.replaceChildren();
    let result;
    try {
      result = await send();
    } catch (error) {
      return replace(problem, failureNote(error.message));
    }
    if (result.__typename === 'InvalidInputError' || isUnanswered(result)) {
      replace(problem, failureNote(explain(result)));
      return fields[result.path?.at(-1)]?.input.focus();
    }
    // Anything else says that the order is not what it was: the sheet is about something that is over.
    sheet.close();
    const isDone = result.__typename.endsWith('Success');
    announce(isDone ? success : explain(result), isDone ? 'good' : 'bad');
    return onDone();
  });
  replace(sheet.body, form);
}
