/** The seller's page: orders as they come in, products with their stock, and posts. */
import { connect } from './connection.js';
import { announce, element, replace } from './dom.js';
import { createGraph, mutate } from './graph.js';
import { pollWhileShown } from './polling.js';
import { createApiClientList } from './seller-api-clients.js';
import { createComposer } from './seller-composer.js';
import { createOrderList } from './seller-orders.js';
import { createProductList } from './seller-products.js';
import { showUnusable } from './unusable.js';
import { explain } from './words.js';

const main = document.getElementById('main');
const account = document.getElementById('account');
const pollMs = 1_000;

const connection = connect('partner');
const { session } = connection;
let stopPolling = () => {};
const graph = createGraph('partner', connection, {
  signedOut: showWelcome,
  unusable(error) {
    stopPolling();
    showUnusable(main, error);
  },
});

function showWelcome() {
  stopPolling();
  replace(account);
  const signIn = () => session.signIn().catch(() => announce('The sign-in service cannot be reached. Try again in a moment.', 'bad'));
  replace(
    main,
    element(
      'section',
      { class: 'welcome' },
      element('img', { src: '/images/favicon.svg', alt: '', width: 72, height: 72 }),
      element('h1', {}, 'Your shop'),
      element('p', {}, 'Orders the moment they are final, your stock, and your posts.'),
      element('button', { type: 'button', class: 'primary large', onclick: signIn }, 'Sign in'),
      element('p', { class: 'quiet' }, 'Buying? ', element('a', { href: '/' }, 'Go to the timeline')),
    ),
  );
}

/** What stands in the way of selling, if anything does. */
function standing(seller) {
  if (seller.status === 'SUSPENDED')
    return element('p', { class: 'banner' }, 'The network has stopped your shop: products stay, but nothing can be bought.');
  if (seller.status !== 'INVITED') return null;
  const accept = async () => {
    try {
      const result = await mutate(graph, 'accept-invitation', {});
      if (result.__typename === 'AcceptSellerInvitationSuccess') return show();
      return announce(explain(result), 'bad');
    } catch (error) {
      return announce(error.message, 'bad');
    }
  };
  return element(
    'p',
    { class: 'banner' },
    'You are invited to sell. ',
    element('button', { type: 'button', class: 'primary', onclick: accept }, 'Accept'),
  );
}

/** Whether the shop's money has somewhere to go. Null when that cannot be said at the moment. */
function payouts(seller) {
  const status = seller.payoutAccount?.status;
  if (status === undefined || seller.status === 'INVITED') return null;
  if (status === 'ACTIVE') return element('p', { class: 'quiet' }, 'Payouts: active');
  const setUp = async () => {
    try {
      const result = await mutate(graph, 'start-payout-setup', {});
      if (result.__typename === 'StartPayoutSetupSuccess') return location.assign(result.url);
      return announce(explain(result), 'bad');
    } catch (error) {
      return announce(error.message, 'bad');
    }
  };
  const words = {
    NOT_STARTED: 'Payouts: not set up. Your money is kept for you. ',
    PENDING: 'Payouts: not finished, or still being checked. Your money is kept for you. ',
    RESTRICTED: 'Payouts: stopped until you answer what Stripe asks. Your money is kept for you. ',
  };
  return element(
    'p',
    { class: 'banner' },
    words[status],
    element('button', { type: 'button', class: 'primary', onclick: setUp }, 'Set up payouts'),
  );
}

async function show() {
  if (session.current() === null) return showWelcome();
  stopPolling();
  const top = element('div');
  const orders = createOrderList(graph);
  const products = createProductList(graph);
  const composer = createComposer(graph);
  const apiClients = createApiClientList(graph);
  replace(
    main,
    element('h1', {}, 'Your shop'),
    top,
    element('div', { class: 'shop' }, orders.node, element('div', {}, composer.node, products.node, apiClients.node)),
  );

  let drawnStatus;
  const refresh = async () => {
    const seller = await orders.refresh();
    if (seller === undefined) return;
    const status = seller === null ? 'NO_SHOP' : `${seller.status} ${seller.payoutAccount?.status}`;
    if (status === drawnStatus) return;
    drawnStatus = status;
    replace(
      account,
      element('span', { class: 'quiet' }, seller?.displayName ?? ''),
      element(
        'button',
        { type: 'button', class: 'link', onclick: () => connection.signOut().catch((error) => announce(error.message, 'bad')) },
        'Sign out',
      ),
    );
    replace(
      top,
      ...(seller === null
        ? [element('p', { class: 'banner' }, 'This account has no shop. The network invites sellers.')]
        : [standing(seller), payouts(seller)]),
    );
  };
  stopPolling = pollWhileShown(refresh, pollMs);
  void apiClients.load();
  composer.offer(await products.load());
}

await session.finishSignIn().catch((error) => announce(error.message, 'bad'));
await show();
