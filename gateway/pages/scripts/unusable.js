/** What is shown when nothing works on this page until the person does something: load it again, or use the app. */
import { element, replace } from './dom.js';

const titles = { ATTESTATION_REQUIRED: 'Open Vitrine on your phone', UPGRADE_REQUIRED: 'There is a newer Vitrine' };

/** @param {import('./graph-error.js').GraphError} error */
export function showUnusable(main, error) {
  const { code, message, storeUrl } = error;
  const isLink = typeof storeUrl === 'string' && storeUrl.startsWith('https://');
  replace(
    main,
    element(
      'section',
      { class: 'welcome', role: 'alert' },
      element('img', { src: '/images/favicon.svg', alt: '', width: 72, height: 72 }),
      element('h1', {}, titles[code] ?? 'This page has changed'),
      element('p', {}, message),
      code === 'ATTESTATION_REQUIRED'
        ? null
        : element('button', { type: 'button', class: 'primary large', onclick: () => location.reload() }, 'Load again'),
      isLink ? element('a', { class: 'button plain', href: storeUrl }, 'Get the app') : null,
    ),
  );
}
