/** As much of a browser as a sign-in needs: cookies by path, redirects followed until they leave the provider. */

/** Where a walk ended: a page of the provider, or the redirect that left it. */
export type Landing = { kind: 'page'; url: URL; status: number; html: string } | { kind: 'left'; url: URL };

export class Browser {
  readonly #origin: string;
  readonly #cookies = new Map<string, { path: string; value: string }>();

  /** @param origin the provider's; a redirect to any other origin ends a walk. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Opens a page and follows redirects. */
  async open(url: URL | string): Promise<Landing> {
    return this.#walk(new URL(url, this.#origin), undefined);
  }

  /** Submits a form and follows redirects. */
  async submit(url: URL | string, fields: Record<string, string>): Promise<Landing> {
    return this.#walk(new URL(url, this.#origin), fields);
  }

  /** Submits the one form of a page that has no choice to make, as its script would. */
  async submitForm(page: Landing, more: Record<string, string> = {}): Promise<Landing> {
    if (page.kind !== 'page') throw new Error(`no page to submit: the walk left to ${page.url.href}`);
    const action = /<form[^>]*action="([^"]+)"/.exec(page.html)?.[1];
    if (action === undefined) throw new Error(`no form on ${page.url.href}`);
    const hidden = [...page.html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const fields = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    return this.submit(new URL(action, page.url), { ...fields, ...more });
  }

  async #walk(start: URL, fields: Record<string, string> | undefined): Promise<Landing> {
    let url = start;
    let form = fields;
    for (let hop = 0; hop < 10; hop += 1) {
      const response = await fetch(url, {
        method: form === undefined ? 'GET' : 'POST',
        body: form === undefined ? undefined : new URLSearchParams(form),
        headers: { accept: 'text/html', cookie: this.#cookieHeader(url) },
        redirect: 'manual',
      });
      this.#keepCookies(response, url);
      const location = response.headers.get('location');
      const html = await response.text();
      if (location === null) return { kind: 'page', url, status: response.status, html };
      url = new URL(location, url);
      form = undefined;
      if (url.origin !== this.#origin) return { kind: 'left', url };
    }
    throw new Error(`too many redirects, the last to ${url.href}`);
  }

  #cookieHeader(url: URL): string {
    return [...this.#cookies]
      .filter(([, { path }]) => url.pathname === path || url.pathname.startsWith(path.replace(/\/?$/, '/')))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  #keepCookies(response: Response, url: URL): void {
    for (const header of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = header.split(/;\s*/);
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? url.pathname;
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, { path, value });
    }
  }
}
