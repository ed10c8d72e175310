/** The button that takes an order back, with the seconds that are left for it. */
import { gatewayNow } from './clock.js';
import { actionButton, element, failureNote, replace } from './dom.js';
import { mutate } from './graph.js';
import { explain } from './words.js';

/** How long an order can still be taken back, in milliseconds; 0 when it cannot. */
export const undoLeftMs = ({ undoUntil }) => (undoUntil === null ? 0 : Math.max(0, Date.parse(undoUntil) - gatewayNow()));

/**
 * @param order `id` and `undoUntil`
 * @param onEnd what is called once the order was taken back (`true`), or cannot be any more (`false`)
 * @returns what to show; null when it is over already
 */
export function undoControl(graph, order, onEnd) {
  if (undoLeftMs(order) === 0) return null;
  // One key for all taps: the second one after a lost answer learns that the first has worked.
  const idempotencyKey = crypto.randomUUID();
  const left = element('span', { class: 'quiet', role: 'timer' });
  const problem = element('div', { class: 'grow' });
  let isUnderWay = false;
  let isOver = false;

  const end = (isUndone) => {
    if (isOver) return undefined;
    isOver = true;
    clearInterval(ticking);
    button.remove();
    left.remove();
    return onEnd(isUndone);
  };
  const draw = () => {
    const seconds = Math.floor(undoLeftMs(order) / 1_000);
    left.textContent = `${seconds} s`;
    // An undo that was tapped in time is not taken away by the clock.
    if (seconds === 0 && !isUnderWay) void end(false);
  };
  const undo = async () => {
    isUnderWay = true;
    try {
      const result = await mutate(graph, 'undo-order', { idempotencyKey, orderId: order.id });
      if (result.__typename === 'UndoOrderSuccess') return await end(true);
      replace(problem, failureNote(explain(result)));
      if (result.__typename === 'TooLateError') return await end(false);
    } catch (error) {
      replace(problem, failureNote(error.message));
    } finally {
      isUnderWay = false;
    }
    return undefined;
  };
  const button = actionButton('Undo', undo, { 'aria-label': 'Undo: take this order back' });
  const node = element('div', { class: 'undo' }, button, left, problem);
  let wasShown = false;
  const ticking = setInterval(() => {
    wasShown ||= node.isConnected;
    if (wasShown && !node.isConnected) clearInterval(ticking);
    else draw();
  }, 1_000);
  left.textContent = `${Math.floor(undoLeftMs(order) / 1_000)} s`;
  return node;
}
