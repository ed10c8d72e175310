/**
 * Who is calling: the account and the kind of test key. `sk_test_X`, `rk_test_X` and `pk_test_X` with the same X belong to one
 * account; a key in the form of a real one (`51` and the account) belongs to the account it names. Live keys are refused.
 */
import { createHash } from 'node:crypto';
import { ApiError } from './errors.ts';
import { accountIdOf } from './ids.ts';

export interface Caller {
  account: string;
  kind: 'secret' | 'publishable';
}

const KEY = /^(sk|rk|pk)_(test|live)_([A-Za-z0-9_]{3,250})$/;

function unauthorized(message: string): ApiError {
  return new ApiError(401, { type: 'invalid_request_error', message });
}

function redacted(key: string): string {
  return key.length > 16 ? `${key.slice(0, 8)}${'*'.repeat(8)}${key.slice(-4)}` : '*'.repeat(key.length);
}

/** The key of a Bearer or Basic header; undefined where there is none. */
function keyOf(header: string | undefined): string | undefined {
  const match = /^(Bearer|Basic)\s+(\S+)$/i.exec(header ?? '');
  if (match === null) return undefined;
  const [, scheme = '', credential = ''] = match;
  if (scheme.toLowerCase() === 'bearer') return credential;
  return Buffer.from(credential, 'base64').toString('utf8').split(':')[0];
}

/** Throws ApiError 401 for a missing, malformed or live key. */
export function authenticate(authorization: string | undefined): Caller {
  const key = keyOf(authorization);
  if (key === undefined || key === '') {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://docs.stripe.com/api#authentication for details, or we can help at https://support.stripe.com/.",
    );
  }
  const match = KEY.exec(key);
  if (match === null) throw unauthorized(`Invalid API Key provided: ${redacted(key)}`);
  const [, form, mode, rest = ''] = match;
  if (mode === 'live') {
    throw unauthorized(
      'This is a sandbox and takes no live keys: no real card may be charged. Use a test key (sk_test_… and pk_test_…) instead.',
    );
  }
  const account = /^51[A-Za-z0-9]{30,}$/.test(rest)
    ? `acct_1${rest.slice(2, 17)}`
    : accountIdOf(createHash('sha256').update(rest).digest());
  return { account, kind: form === 'pk' ? 'publishable' : 'secret' };
}

export function secretKeyRequired(): ApiError {
  return new ApiError(403, {
    type: 'invalid_request_error',
    code: 'secret_key_required',
    message:
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
  });
}
