/** The version of Stripe's API that the pinned SDK sends; the sandbox speaks no other. */
export const API_VERSION = '2026-10-28.endive';
