/** The buyer's page: who is signed in, and which of the three views is shown. */
import { configuration } from './configuration.js';
import { connect } from './connection.js';
import { announce, element, replace } from './dom.js';
import { createGraph } from './graph.js';
import { showOrders } from './orders.js';
import { createPurchases } from './purchase.js';
import { showTimeline } from './timeline.js';
import { showUnusable } from './unusable.js';
import { showWallet } from './wallet.js';

const main = document.getElementById('main');
const account = document.getElementById('account');
const tabs = document.getElementById('tabs');

const connection = connect('buyer');
const { session } = connection;
const graph = createGraph('buyer', connection, {
  signedOut: showWelcome,
  unusable(error) {
    tabs.hidden = true;
    showUnusable(main, error);
  },
});
const context = { graph, purchases: createPurchases(graph), onViewer: drawAccount };
const views = { '': showTimeline, orders: showOrders, wallet: showWallet };

const nameKept = 'vitrine.name';

function drawAccount(viewer) {
  const known = viewer?.account?.displayName;
  if (known !== undefined) sessionStorage.setItem(nameKept, known);
  const name = known ?? sessionStorage.getItem(nameKept) ?? 'You';
  replace(
    account,
    element('span', { class: 'quiet' }, name),
    element(
      'button',
      { type: 'button', class: 'link', onclick: () => connection.signOut().catch((error) => announce(error.message, 'bad')) },
      'Sign out',
    ),
  );
}

function showWelcome() {
  sessionStorage.removeItem(nameKept);
  tabs.hidden = true;
  replace(account);
  const signIn = () => session.signIn().catch(() => announce('The sign-in service cannot be reached. Try again in a moment.', 'bad'));
  replace(
    main,
    element(
      'section',
      { class: 'welcome' },
      element('img', { src: '/images/favicon.svg', alt: '', width: 72, height: 72 }),
      element('h1', {}, 'See it. Tap it. It is yours.'),
      element('p', {}, 'Posts from shops you follow, with a button that buys.'),
      element('button', { type: 'button', class: 'primary large', onclick: signIn }, 'Sign in'),
      element('p', { class: 'quiet' }, 'Selling? ', element('a', { href: '/seller' }, 'Go to your shop')),
      configuration.development
        ? element('p', { class: 'quiet' }, 'Developing? ', element('a', { href: '/graphql' }, 'Try the graphs'))
        : null,
    ),
  );
}

function show() {
  if (session.current() === null) return showWelcome();
  const name = location.hash.replace(/^#\/?/, '');
  tabs.hidden = false;
  for (const link of tabs.querySelectorAll('a')) {
    if (link.getAttribute('href') === `#/${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (account.children.length === 0) drawAccount(null);
  scrollTo(0, 0);
  return (views[name] ?? showTimeline)(main, context);
}

addEventListener('hashchange', show);

await session.finishSignIn().catch((error) => announce(error.message, 'bad'));
show();
