/** The pages of the local identity provider: plain HTML without scripts, one stylesheet allowed by its hash. */
import { createHash } from 'node:crypto';
import type { SeededAccount } from './identity-accounts.ts';

const style = `
:root { color-scheme: light dark; --ink: #16181d; --soft: #5d6470; --line: #e3e6eb; --card: #fff; --ground: #f4f5f8; --accent: #2f5bea; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f1f3f7; --soft: #a0a8b6; --line: #2d323c; --card: #1a1d24; --ground: #0f1116; --accent: #7d9bff; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 24px 16px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 400px; background: var(--card); border: 1px solid var(--line); border-radius: 20px; padding: 28px 20px 20px; }
h1 { margin: 0 0 4px; font-size: 24px; line-height: 1.2; letter-spacing: -0.01em; }
p { margin: 0 0 20px; color: var(--soft); }
ul { list-style: none; margin: 0 0 16px; padding: 0; display: grid; gap: 8px; }
button, .button { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 56px; padding: 8px 14px; border: 1px solid var(--line); border-radius: 14px; background: transparent; color: inherit; font: inherit; text-align: left; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { border-color: var(--accent); }
button:focus-visible, .button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.initial { flex: none; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%; background: var(--accent); color: var(--card); font-weight: 600; }
.who { display: grid; line-height: 1.3; }
.who small { color: var(--soft); }
.plain { justify-content: center; border-color: transparent; color: var(--soft); }
.main { justify-content: center; background: var(--accent); border-color: var(--accent); color: var(--card); font-weight: 600; margin-bottom: 8px; }
.note { margin: 16px 0 0; padding-top: 16px; border-top: 1px solid var(--line); font-size: 13px; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/**
 * The Content-Security-Policy of every page. The empty `script-src` allows no script, and is where oidc-provider
 * adds the hash of the one line that submits its own sign-out form.
 */
export function contentSecurityPolicy(gatewayOrigin: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    'script-src',
    // Browsers hold redirects after a form to this list too, and a sign-in ends on the gateway's pages.
    `form-action 'self' ${gatewayOrigin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The accounts to sign in as, each a button of one form that posts to `action`. */
export function signInPage(page: { clientName: string; accounts: readonly SeededAccount[]; action: string }): string {
  const choices = page.accounts.map(
    (account) => `<li><button name="account" value="${escapeHtml(account.handle)}">
<span class="initial" aria-hidden="true">${escapeHtml(account.displayName.charAt(0))}</span>
<span class="who">Sign in as ${escapeHtml(account.displayName)}
<small>${escapeHtml(account.handle)} · ${escapeHtml(account.country)}</small></span></button></li>`,
  );
  return document(
    'Sign in',
    `<h1>Sign in</h1>
<p>to continue to ${escapeHtml(page.clientName)}</p>
<form method="post" action="${escapeHtml(page.action)}">
<ul>${choices.join('\n')}</ul>
<button class="plain" name="cancel" value="yes">Not now</button>
</form>
<p class="note">A stand-in for development: these accounts are made up, and nobody needs a password.</p>`,
  );
}

/** The question whether to sign out; `form` is the hidden form of oidc-provider, whose id is `op.logoutForm`. */
export function signOutPage(page: { displayName: string; form: string }): string {
  return document(
    'Sign out',
    `<h1>Sign out?</h1>
<p>You are signed in as ${escapeHtml(page.displayName)}.</p>
${page.form}
<button class="main" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button class="plain" form="op.logoutForm">Stay signed in</button>`,
  );
}

/** What a person sees who signed out without a page to return to. */
export function signedOutPage(page: { returnTo: string }): string {
  return document(
    'Signed out',
    `<h1>Signed out</h1>
<p>See you soon.</p>
<a class="button plain" href="${escapeHtml(page.returnTo)}">Back to Vitrine</a>`,
  );
}

/** A sign-in that cannot go on, with the OAuth error for whoever has to mend it. */
export function errorPage(page: { error: string; description?: string; returnTo: string }): string {
  return document(
    'Sign-in stopped',
    `<h1>This sign-in cannot go on</h1>
<p>${escapeHtml(page.description ?? 'Start again from the app.')}</p>
<a class="button plain" href="${escapeHtml(page.returnTo)}">Back to Vitrine</a>
<p class="note">${escapeHtml(page.error)}</p>`,
  );
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Vitrine</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
