/** The home timeline: posts, their products, and Buy buttons that work or say why they do not. */
import { openBuySheet } from './buy-sheet.js';
import { actionButton, announce, element, failureNote, onSubmit, replace } from './dom.js';
import { formatAge, formatMoney } from './format.js';
import { mutate } from './graph.js';
import { undoControl, undoLeftMs } from './undo.js';
import { buttonReasons, explain, explainGaps, takenBackSentence } from './words.js';

const pageSize = 10;
/** How long a card says that it was ordered: while it can be taken back, within reason. */
const orderedNoteMs = { atLeast: 6_000, atMost: 60_000 };

/** Results that a sheet explains better than a line on the card. */
const needsSheet = new Set([
  'PaymentActionRequired',
  'MissingDetailsError',
  'PaymentDeclinedError',
  'PriceChangedError',
  'QuoteExpiredError',
  'PossibleDuplicateError',
  'InvalidInputError',
  'IdempotencyKeyReusedError',
]);

/** @param context `graph`, `purchases`, and `onViewer(viewer)`, called with who is signed in */
export function showTimeline(main, context) {
  const { graph, purchases } = context;
  const feed = element('section', { role: 'feed', 'aria-label': 'Timeline', 'aria-busy': 'true', class: 'feed' });
  const gaps = element('div', { role: 'status' });
  const end = element('div', { class: 'end' });
  replace(main, element('h1', { class: 'unseen' }, 'Timeline'), gaps, feed, end);
  /** By post: where its buttons are, and the product that they are about. */
  const offers = new Map();
  let after = null;
  let accountId = '';

  async function load() {
    feed.setAttribute('aria-busy', 'true');
    try {
      const { data, errors } = await graph.run('home-timeline', { first: pageSize, after });
      accountId = data.viewer.id;
      context.onViewer(data.viewer);
      const gap = explainGaps(errors);
      replace(gaps, gap === null ? null : element('p', { class: 'banner' }, gap));
      const timeline = data.viewer.homeTimeline;
      if (timeline === null)
        return replace(end, failureNote('The timeline cannot be shown right now.'), actionButton('Try again', load, { class: 'plain' }));
      feed.append(...timeline.edges.map(({ node }) => card(node)));
      after = timeline.pageInfo.endCursor;
      if (timeline.pageInfo.hasNextPage) replace(end, moreButton());
      else
        replace(
          end,
          feed.children.length === 0
            ? emptyTimeline(graph, () => showTimeline(main, context))
            : element('p', { class: 'quiet center' }, 'That is all for now.'),
        );
    } catch (error) {
      replace(end, failureNote(error.message), actionButton('Try again', load, { class: 'plain' }));
    } finally {
      feed.removeAttribute('aria-busy');
    }
  }

  function moreButton() {
    const button = actionButton('More', load, { class: 'plain' });
    const watcher = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        watcher.disconnect();
        if (button.isConnected) button.click();
      },
      { rootMargin: '600px' },
    );
    watcher.observe(button);
    return button;
  }

  function card(post) {
    const { author, product } = post;
    return element(
      'article',
      { class: 'card', 'aria-label': `Post by ${author.displayName}` },
      element(
        'header',
        {},
        author.avatarUrl === null
          ? element('span', { class: 'avatar', 'aria-hidden': 'true' }, author.displayName.charAt(0))
          : element('img', { class: 'avatar', src: author.avatarUrl, alt: '', width: 40, height: 40 }),
        element(
          'div',
          { class: 'grow' },
          element('strong', {}, author.displayName),
          element(
            'div',
            { class: 'quiet' },
            `@${author.handle} · `,
            element('time', { dateTime: post.createdAt }, formatAge(post.createdAt)),
          ),
        ),
      ),
      element('p', { class: 'text' }, post.text),
      product === null ? null : productPanel(post, product),
    );
  }

  function productPanel(post, product) {
    const offer = element('div', { class: 'offer' });
    const entry = { post, product, offer };
    offers.set(post.id, entry);
    drawOffer(entry);
    return element(
      'div',
      { class: 'product' },
      element('img', { class: 'picture', src: product.image.url, alt: product.image.alt, loading: 'lazy', width: 800, height: 800 }),
      element(
        'div',
        { class: 'product-line' },
        element(
          'div',
          { class: 'grow' },
          element('strong', {}, product.title),
          element('div', { class: 'quiet' }, product.seller?.displayName ?? ''),
        ),
        element('strong', { class: 'price' }, formatMoney(product.price)),
      ),
      offer,
    );
  }

  function drawOffer(entry) {
    const { product, offer } = entry;
    const { buyButton, oneTapTotal, availability } = product;
    if (buyButton === null) return replace(offer, element('p', { class: 'reason' }, 'Buying cannot be offered right now'));
    if (!buyButton.available)
      return replace(
        offer,
        element(
          'p',
          { class: 'reason', title: buyButton.message ?? '' },
          buttonReasons[buyButton.reason] ?? buyButton.message ?? 'Not available',
        ),
      );
    const few = availability === 'LOW_STOCK' ? element('span', { class: 'few' }, 'Only a few left') : null;
    if (oneTapTotal === null)
      return replace(
        offer,
        few,
        element(
          'button',
          { type: 'button', class: 'primary', 'aria-label': `Buy ${product.title}`, onclick: () => openSheetFor(entry) },
          'Buy',
        ),
      );
    const total = formatMoney(oneTapTotal);
    return replace(
      offer,
      few,
      element(
        'button',
        { type: 'button', class: 'link', 'aria-label': `Details of buying ${product.title}`, onclick: () => openSheetFor(entry) },
        'Details',
      ),
      actionButton(`Buy · ${total}`, () => oneTap(entry), {
        class: 'primary',
        'aria-label': `Buy ${product.title} now for ${total} with shipping and tax`,
      }),
    );
  }

  async function oneTap(entry) {
    const { post, product } = entry;
    const input = { productId: product.id, quantity: 1, expectedTotal: product.oneTapTotal, sourcePostId: post.id };
    let result;
    try {
      result = await purchases.buy(accountId, input);
    } catch (error) {
      announce(`${error.message} Tap Buy again to know whether it was bought: you are never charged twice.`, 'bad');
      return;
    }
    if (result.__typename === 'PlaceOrderSuccess') await ordered(entry, result.order);
    else if (needsSheet.has(result.__typename)) openSheetFor(entry, { input, result });
    else {
      announce(explain(result), 'bad');
      await refreshOffers();
    }
  }

  function openSheetFor(entry, outcome) {
    const { post, product } = entry;
    const onOrdered = (order) => ordered(entry, order);
    const onUndone = () => offerAgain(entry);
    openBuySheet(
      { graph, purchases, accountId, onOrdered, onUndone },
      { productId: product.id, sourcePostId: post.id, title: product.title, outcome },
    );
  }

  function ordered(entry, order) {
    announce(`Ordered: ${entry.product.title}`, 'good');
    const undo = undoControl(graph, order, (isUndone) => {
      if (!isUndone) return undefined;
      announce(takenBackSentence, 'good');
      return offerAgain(entry);
    });
    replace(entry.offer, element('a', { class: 'ordered-note', href: '#/orders' }, '✓ Ordered · see it'), undo);
    entry.rests = true;
    clearTimeout(entry.resting);
    const restMs = Math.min(orderedNoteMs.atMost, Math.max(orderedNoteMs.atLeast, undoLeftMs(order)));
    entry.resting = setTimeout(() => {
      entry.rests = false;
      drawOffer(entry);
    }, restMs);
    // A first purchase leaves an address and a card behind, and the last piece may be gone: other buttons change, too.
    return refreshOffers();
  }

  /** Puts the Buy button back in the place of the note that it was ordered. */
  function offerAgain(entry) {
    clearTimeout(entry.resting);
    entry.rests = false;
    drawOffer(entry);
    return refreshOffers();
  }

  /** Draws the buttons anew from what the graph says now, and leaves everything else where it is. */
  async function refreshOffers() {
    try {
      const { data } = await graph.run('home-timeline', { first: Math.min(100, Math.max(1, feed.children.length)), after: null });
      for (const { node } of data.viewer.homeTimeline?.edges ?? []) {
        const entry = offers.get(node.id);
        if (entry === undefined || node.product === null) continue;
        entry.product = node.product;
        if (entry.rests !== true) drawOffer(entry);
      }
    } catch (error) {
      announce(error.message, 'bad');
    }
  }

  return load();
}

/** For who follows nobody yet: an account can be found by its handle and followed. */
function emptyTimeline(graph, onFollowed) {
  const handle = element('input', {
    id: 'handle',
    required: true,
    maxLength: 31,
    placeholder: '@paperandpine',
    autocapitalize: 'none',
    autocomplete: 'off',
  });
  const found = element('div', { role: 'status' });
  const submit = element('button', { type: 'submit', class: 'primary' }, 'Find');
  const form = element('form', { class: 'form' }, element('label', { for: 'handle' }, 'Find an account to follow'), handle, submit, found);
  onSubmit(form, submit, async () => {
    try {
      const { data } = await graph.run('account', { handle: handle.value.trim().replace(/^@/, '').toLowerCase() });
      if (data.account === null) return replace(found, element('p', {}, 'There is no account of that name.'));
      const follow = async () => {
        const result = await mutate(graph, 'follow-account', { accountId: data.account.id });
        if (result.__typename === 'FollowAccountSuccess') return onFollowed();
        return replace(found, failureNote(explain(result)));
      };
      replace(
        found,
        element('p', {}, element('strong', {}, data.account.displayName), ` @${data.account.handle}`),
        actionButton('Follow', follow, { class: 'primary' }),
      );
    } catch (error) {
      replace(found, failureNote(error.message));
    }
  });
  return element(
    'div',
    { class: 'empty' },
    element('p', {}, 'Nothing here yet: your timeline fills with posts of the accounts that you follow.'),
    form,
  );
}
