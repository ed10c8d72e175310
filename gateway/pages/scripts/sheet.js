/** A sheet that comes up from the bottom: a modal dialog, so focus stays in it and Escape closes it. */
import { element } from './dom.js';

/** @returns {{ body: HTMLElement, closed: AbortSignal, close: () => void, setTitle: (title: string) => void }} */
export function openSheet(title) {
  const closed = new AbortController();
  const heading = element('h2', { id: 'sheet-title', tabIndex: -1 }, title);
  const body = element('div', { class: 'sheet-body' });
  const dialog = element(
    'dialog',
    { class: 'sheet', 'aria-labelledby': 'sheet-title' },
    element(
      'div',
      { class: 'sheet-panel' },
      element(
        'div',
        { class: 'sheet-head' },
        heading,
        element('button', { type: 'button', class: 'icon', 'aria-label': 'Close', onclick: () => dialog.close() }, '✕'),
      ),
      body,
    ),
  );
  // A tap beside the panel lands on the dialog itself.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => {
    closed.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
  return { body, closed: closed.signal, close: () => dialog.close(), setTitle: (text) => heading.replaceChildren(text) };
}
