/** Repeats an action while the page can be seen: at once, then with a pause between two, and at once when it is shown again. */

/** @returns stops it; an action under way is not broken off */
export function pollWhileShown(action, pauseMs) {
  let isStopped = false;
  let isUnderWay = false;
  let timer;
  const poll = async () => {
    clearTimeout(timer);
    if (isStopped || isUnderWay || document.hidden) return;
    isUnderWay = true;
    try {
      await action();
    } finally {
      isUnderWay = false;
      if (!isStopped && !document.hidden) timer = setTimeout(begin, pauseMs);
    }
  };
  const begin = () => void poll();
  document.addEventListener('visibilitychange', begin);
  begin();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', begin);
  };
}
