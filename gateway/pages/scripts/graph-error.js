/** Failures of talking to the gateway, with sentences for the person where the gateway's own are not for them. */
import { formatWait } from './format.js';

/** Nothing was answered, or not by the graph. `code` is one of the gateway's, or `OFFLINE`; the message is for the person. */
export class GraphError extends Error {
  /** @param {{ requestId?: string, retryAfterMs?: number, storeUrl?: string }} [details] */
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    Object.assign(this, details);
  }
}

export const outOfDateSentence = 'This page is out of date. Load it again.';
export const appNeededSentence = 'This is done in the Vitrine app: a browser cannot buy here.';

/** Nothing works on this page until the person has done something about it. */
const unusable = new Set(['UPGRADE_REQUIRED', 'ATTESTATION_REQUIRED', 'PERSISTED_QUERY_NOT_IN_LIST', 'PERSISTED_QUERY_ID_REQUIRED']);
export const isUnusable = ({ code }) => unusable.has(code);

/** How long the gateway wants to be left alone, in milliseconds. */
function retryAfterMs({ headers, body }) {
  const seconds = Number(body.errors?.[0]?.extensions?.retryAfterSeconds ?? headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 1_000;
}

/** @param answer of the gateway client, without data */
export function toGraphError(answer) {
  const first = answer.body.errors?.[0];
  const { requestId, minimumVersion, storeUrl } = first?.extensions ?? {};
  switch (answer.code) {
    case 'RATE_LIMITED': {
      const waitMs = retryAfterMs(answer);
      return new GraphError('RATE_LIMITED', `That was a lot at once. Try again ${formatWait(waitMs)}.`, {
        requestId,
        retryAfterMs: waitMs,
      });
    }
    case 'UPGRADE_REQUIRED':
      return new GraphError(
        'UPGRADE_REQUIRED',
        `This version of Vitrine is no longer served${minimumVersion === undefined ? '' : `: ${minimumVersion} or later is needed`}. Load the page again, or update the app.`,
        { requestId, storeUrl },
      );
    case 'PERSISTED_QUERY_NOT_IN_LIST':
    case 'PERSISTED_QUERY_ID_REQUIRED':
      return new GraphError(answer.code, outOfDateSentence, { requestId });
    default:
      return new GraphError(answer.code ?? 'INTERNAL', first?.message ?? 'Vitrine did not answer as expected. Try again.', { requestId });
  }
}
