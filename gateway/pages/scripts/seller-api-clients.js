/** The programs that call for the shop: made, changed and ended here, each with keys that are shown once. */
import { askOnSheet } from './ask-sheet.js';
import { actionButton, announce, element, failureNote, field, onSubmit, replace } from './dom.js';
import { formatAge, formatDateTime } from './format.js';
import { isUnanswered, mutate } from './graph.js';
import { apiScopes } from './seller-words.js';
import { openSheet } from './sheet.js';
import { explain } from './words.js';

export function createApiClientList(graph) {
  const body = element('div');
  const add = element('button', { type: 'button', class: 'link', onclick: () => openClientForm(graph, null, load) }, 'Add');
  const head = element('div', { class: 'section-head' }, element('h2', {}, 'API clients'), add);
  const node = element('section', {}, head, body);

  async function load() {
    try {
      const { data } = await graph.run('api-clients');
      const seller = data.viewerSeller;
      // Who is not a seller yet has no programs.
      node.hidden = !seller?.apiClients || seller.status === 'INVITED';
      if (node.hidden) return;
      replace(
        body,
        seller.apiClients.length === 0
          ? element('p', { class: 'quiet' }, 'No program calls for your shop yet.')
          : element('ul', { class: 'list' }, ...seller.apiClients.map((client) => clientItem(graph, client, load))),
      );
    } catch (error) {
      replace(body, failureNote(error.message), actionButton('Try again', load, { class: 'plain' }));
    }
  }
  return { node, load };
}

function clientItem(graph, client, reload) {
  const { id, name, scopes, ipAllowList, keys } = client;
  const askToRevoke = () =>
    askOnSheet({
      title: `Revoke ${name}?`,
      text: 'Within seconds its calls are refused, with every key that it has. It does not come back.',
      fields: {},
      submitLabel: 'Revoke',
      send: () => mutate(graph, 'revoke-api-client', { clientId: id }),
      success: `${name} is revoked.`,
      onDone: reload,
    });
  const addKey = async () => {
    try {
      const result = await mutate(graph, 'add-api-client-key', { clientId: id });
      if (result.__typename === 'AddApiClientKeySuccess') showSecret(name, result);
      else announce(explain(result), 'bad');
      await reload();
    } catch (error) {
      announce(error.message, 'bad');
    }
  };
  return element(
    'li',
    { class: 'panel' },
    element('div', { class: 'row' }, element('strong', {}, name), element('code', { class: 'quiet' }, id)),
    element('p', {}, `May ${scopes.map((scope) => apiScopes[scope] ?? scope).join('; ')}.`),
    element('p', { class: 'quiet' }, ipAllowList.length === 0 ? 'Calls from any address.' : `Calls from ${ipAllowList.join(', ')} only.`),
    element('ul', { class: 'list' }, ...keys.map((key) => keyItem(graph, client, key, reload))),
    element(
      'div',
      { class: 'actions' },
      actionButton('Add a key', addKey, { class: 'link', 'aria-label': `Add a key to ${name}` }),
      element(
        'button',
        { type: 'button', class: 'link', 'aria-label': `Change ${name}`, onclick: () => openClientForm(graph, client, reload) },
        'Change',
      ),
      element('button', { type: 'button', class: 'link danger', 'aria-label': `Revoke ${name}`, onclick: askToRevoke }, 'Revoke'),
    ),
  );
}

function keyItem(graph, client, key, reload) {
  const isOver = key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now();
  const used = key.lastUsedAt === null ? 'Never used.' : `Last used ${formatAge(key.lastUsedAt)} from ${key.lastUsedNetwork}.`;
  const end = key.expiresAt === null ? null : `${isOver ? 'Expired' : 'Expires'} ${formatDateTime(key.expiresAt)}.`;
  const askToRevoke = () =>
    askOnSheet({
      title: 'Revoke this key?',
      text: `What ${client.name} does with it is refused within seconds; its other keys go on.`,
      fields: {},
      submitLabel: 'Revoke the key',
      send: () => mutate(graph, 'revoke-api-client-key', { clientId: client.id, keyId: key.id }),
      success: 'The key is revoked.',
      onDone: reload,
    });
  return element(
    'li',
    {},
    element(
      'div',
      { class: 'row' },
      element('span', {}, `${key.kind === 'SECRET' ? 'Secret' : 'Public key'} of ${formatDateTime(key.createdAt)}`),
      element(
        'button',
        { type: 'button', class: 'link danger', 'aria-label': `Revoke a key of ${client.name}`, onclick: askToRevoke },
        'Revoke',
      ),
    ),
    element('small', { class: 'quiet' }, [used, end].filter(Boolean).join(' ')),
  );
}

/** @param client what to change; null to make one */
function openClientForm(graph, client, reload) {
  const sheet = openSheet(client === null ? 'New API client' : `Change ${client.name}`);
  const name = field('Name', { name: 'name', required: true, maxLength: 80, value: client?.name ?? '', placeholder: 'Warehouse' });
  const choices = Object.entries(apiScopes).map(([scope, words]) => {
    const box = element('input', { type: 'checkbox', name: 'scopes', value: scope, checked: client?.scopes.includes(scope) ?? false });
    return { scope, box, node: element('label', { class: 'choice' }, box, ` ${words}`) };
  });
  const addresses = field(
    'Addresses it may call from',
    { tag: 'textarea', name: 'ipAllowList', rows: 2, value: client?.ipAllowList.join('\n') ?? '' },
    'One a line, such as 203.0.113.7 or 203.0.113.0/24. Empty: from any address.',
  );
  const problem = element('div');
  const submit = element('button', { type: 'submit', class: 'primary' }, client === null ? 'Make it' : 'Change it');
  const form = element(
    'form',
    { class: 'form' },
    name.node,
    element('fieldset', { class: 'scopes' }, element('legend', {}, 'It may'), ...choices.map(({ node }) => node)),
    addresses.node,
    problem,
    submit,
  );
  onSubmit(form, submit, async () => {
    problem.replaceChildren();
    const wanted = {
      name: name.input.value.trim(),
      scopes: choices.filter(({ box }) => box.checked).map(({ scope }) => scope),
      ipAllowList: addresses.input.value.split(/[\s,]+/).filter((entry) => entry !== ''),
    };
    try {
      const result =
        client === null
          ? await mutate(graph, 'create-api-client', wanted)
          : await mutate(graph, 'update-api-client', { clientId: client.id, ...wanted });
      if (result.__typename === 'InvalidInputError' || isUnanswered(result)) {
        const [wrong, index] = result.path ?? [];
        const entry = wrong === 'ipAllowList' && index !== undefined ? `${wanted.ipAllowList[index]}: ` : '';
        return replace(problem, failureNote(`${entry}${explain(result)}`));
      }
      sheet.close();
      if (result.__typename === 'CreateApiClientSuccess') showSecret(wanted.name, result);
      else announce(result.__typename === 'UpdateApiClientSuccess' ? 'It is changed.' : explain(result), isGood(result) ? 'good' : 'bad');
      return reload();
    } catch (error) {
      return replace(problem, failureNote(error.message));
    }
  });
  replace(sheet.body, form);
}

const isGood = ({ __typename }) => __typename.endsWith('Success');

/** Shows a secret until the sheet is closed; nothing keeps it. */
function showSecret(name, { client, secret }) {
  const sheet = openSheet(`The secret of ${name}`);
  const shown = (label, value) =>
    field(label, { readOnly: true, value, autocomplete: 'off', spellcheck: false, onfocus: ({ target }) => target.select() });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      announce('The secret is copied.', 'good');
    } catch {
      announce('It cannot be copied here: select it.', 'bad');
    }
  };
  replace(
    sheet.body,
    element(
      'p',
      {},
      'Keep it now: it is shown this once. With both the program gets access tokens at ',
      element('code', {}, '/oauth/token'),
      '.',
    ),
    shown('Client id', client.id).node,
    shown('Secret', secret).node,
    actionButton('Copy the secret', copy, { class: 'primary' }),
    element('button', { type: 'button', class: 'plain', onclick: sheet.close }, 'It is kept'),
  );
}
