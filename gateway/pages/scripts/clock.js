/** The gateway's clock, which is what counts: the device's own may be minutes off. */

/** How far the gateway's clock is ahead of this device's, as its latest answer told. */
let aheadMs = 0;

/** The time by the gateway's clock, in milliseconds. */
export const gatewayNow = () => Date.now() + aheadMs;

/** @param {Response} answer of the gateway */
export function setClockBy(answer) {
  const answeredAt = Date.parse(answer.headers.get('date') ?? '');
  if (!Number.isNaN(answeredAt)) aheadMs = answeredAt - Date.now();
}
