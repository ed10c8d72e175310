/** Builds elements. Text goes in as text: nothing that comes from data is ever read as HTML. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties] `class`, `on…` listeners, `data-…`/`aria-…`/`role` attributes, else DOM properties; undefined and null are left out
 * @param {...(Node | string | null | undefined | false)} children
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === 'class') node.className = value;
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name.includes('-') || name === 'role' || name === 'for' || name === 'inputmode') node.setAttribute(name, `${value}`);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Puts these in the place of everything that is in the node. */
export function replace(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
}

/** Runs an action while the button shows that it is busy; a second tap in the meantime does nothing. */
async function runBusy(button, action) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  button.setAttribute('aria-disabled', 'true');
  try {
    await action();
  } finally {
    button.removeAttribute('aria-busy');
    button.removeAttribute('aria-disabled');
  }
}

/** A button that shows that it is busy and takes no second tap while its action runs. */
export function actionButton(label, action, properties = {}) {
  const button = element('button', { type: 'button', ...properties }, label);
  button.addEventListener('click', () => void runBusy(button, action));
  return button;
}

/** Runs an action for each sending of a form, one at a time. The browser itself never sends it. */
export function onSubmit(form, button, action) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void runBusy(button, action);
  });
}

let fieldCount = 0;

/** A labelled input. `hint` is read out with it. */
export function field(label, properties, hint) {
  fieldCount += 1;
  const id = `field-${fieldCount}`;
  const hintId = `${id}-hint`;
  const input = element(properties.tag ?? 'input', {
    id,
    ...properties,
    tag: undefined,
    'aria-describedby': hint === undefined ? undefined : hintId,
  });
  return {
    input,
    node: element(
      'div',
      { class: 'field' },
      element('label', { for: id }, label),
      input,
      hint === undefined ? null : element('small', { id: hintId }, hint),
    ),
  };
}

/** A labelled choice of one of several. @param words what is chosen from, by value; a first empty one is not a choice */
export function selectField(label, name, words) {
  const choice = field(label, { tag: 'select', name, required: !('' in words) });
  choice.input.append(...Object.entries(words).map(([value, text]) => element('option', { value }, text)));
  return choice;
}

const announcedMs = 5_000;

/** Announces a sentence on the page and to screen readers, in the place of the one before. */
export function announce(message, kind = 'note') {
  const note = element('p', { class: `toast ${kind}` }, message);
  document.getElementById('announcements').replaceChildren(note);
  setTimeout(() => note.remove(), announcedMs);
}

/** A paragraph that says what went wrong, announced at once. */
export const failureNote = (message) => element('p', { class: 'failure', role: 'alert' }, message);
