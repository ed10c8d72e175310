/** Accounts: the public face of a person or a seller, and what it may look like. */

export interface Account {
  /** `usr_…` */
  readonly id: string;
  /** Unique, 2 to 30 of a-z, 0-9 and `_`. */
  readonly handle: string;
  /** 1 to 60 characters. */
  readonly displayName: string;
  readonly avatarUrl: string | null;
}

export type ProfileInput = Omit<Account, 'id'>;

export type ProfileParse =
  | { readonly kind: 'profile'; readonly profile: ProfileInput }
  | { readonly kind: 'invalid_input'; readonly path: readonly string[]; readonly message: string };

const handleShape = /^[a-z0-9_]{2,30}$/;
const maxDisplayNameLength = 60;
const maxAvatarUrlLength = 2_048;
const localHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Checks a profile and trims its name. */
export function parseProfile(input: ProfileInput): ProfileParse {
  const displayName = input.displayName.trim();
  const { length } = Array.from(displayName);
  if (!handleShape.test(input.handle)) return invalid('handle', 'handle must have 2 to 30 characters of a-z, 0-9 and _.');
  if (length < 1 || length > maxDisplayNameLength)
    return invalid('displayName', `displayName must have 1 to ${maxDisplayNameLength} characters.`);
  if (/\p{Cc}/u.test(displayName) || !displayName.isWellFormed())
    return invalid('displayName', 'displayName must not hold control characters.');
  if (input.avatarUrl !== null && !isAvatarUrl(input.avatarUrl)) {
    return invalid(
      'avatarUrl',
      `avatarUrl must be an https: address without user and password, at most ${maxAvatarUrlLength} characters long.`,
    );
  }
  return { kind: 'profile', profile: { handle: input.handle, displayName, avatarUrl: input.avatarUrl } };
}

function isAvatarUrl(text: string): boolean {
  const url = text.length <= maxAvatarUrlLength && /^[\x21-\x7e]+$/.test(text) ? URL.parse(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && localHosts.has(url.hostname));
}

const invalid = (field: string, message: string): ProfileParse => ({ kind: 'invalid_input', path: [field], message });
