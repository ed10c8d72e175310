/** The choice to keep what is entered for the next purchase: off until the buyer ticks it, with the text that is agreed to. */
import { element } from './dom.js';

/**
 * @param {{ required?: boolean }} options `required`: where nothing is bought, so that there is nothing to enter it for but keeping it
 * @returns `node` to show; `consent()`, the input of the mutation, null when the buyer did not agree; and `refresh()`, which
 * unticks it and shows the text as it is now
 */
export function saveChoice(graph, { required = false } = {}) {
  const input = element('input', { type: 'checkbox', name: 'save', required });
  const words = element('span', {}, 'Keep this for my next purchases.');
  const node = element('label', { class: 'choice' }, input, ' ', words);
  let text;
  const refresh = async () => {
    input.checked = false;
    // Nothing can be agreed to that was not shown.
    input.disabled = true;
    const { data } = await graph.run('consent-texts', {});
    text = data.consentTexts.find(({ purpose }) => purpose === 'SAVE_DETAILS');
    words.textContent = text.body;
    input.disabled = false;
  };
  refresh().catch(() => {
    words.textContent = required ? 'This cannot be stored right now. Try again soon.' : 'This cannot be kept for next time right now.';
  });
  return { node, consent: () => (input.checked ? { textVersion: text.version } : null), refresh };
}
