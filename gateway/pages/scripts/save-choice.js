/** The choice to keep what is entered for the next purchase: off until the buyer ticks it, with the text that is agreed to. */
import { element } from './dom.js';

/** @returns `node` to show, and `consent()`: the input of the mutation, null when the buyer did not agree */
export function saveChoice(graph) {
  const input = element('input', { type: 'checkbox', name: 'save' });
  const words = element('span', {}, 'Keep this for my next purchases.');
  const node = element('label', { class: 'choice' }, input, words);
  let text;
  const loaded = graph.run('consent-texts', {}).then(({ data }) => {
    text = data.consentTexts.find(({ purpose }) => purpose === 'SAVE_DETAILS');
    words.textContent = text.body;
  });
  // Nothing can be agreed to that was not shown.
  input.disabled = true;
  loaded.then(
    () => (input.disabled = false),
    () => node.remove(),
  );
  return { node, consent: () => (input.checked ? { textVersion: text.version } : null) };
}
