/**
 * A key service over OpenBao's transit engine: the master key never leaves it. Each version of the transit key is one
 * master key; a derived key and the associated data bind a wrapped key to owner and version.
 * @see https://openbao.org/api-docs/secret/transit/
 */
import { Pool } from 'undici';
import { z } from 'zod';
import { KeyServiceError, KeyServiceUnavailableError, placeText, type DataKeyPlace, type KeyService } from './key-service.ts';

const timeoutMs = 5_000;

const encrypted = z.object({ data: z.object({ ciphertext: z.string() }) });
const decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });
const described = z.object({
  data: z.object({
    latest_version: z.number().int(),
    derived: z.boolean(),
    type: z.string(),
    min_available_version: z.number().int(),
  }),
});

const bindingOf = (place: DataKeyPlace): { readonly context: string; readonly associated_data: string } => {
  const text = Buffer.from(placeText(place)).toString('base64');
  return { context: text, associated_data: text };
};

/**
 * @param options.url of the server, with http or https
 * @param options.key name of a transit key of type aes256-gcm96 with `derived`; made when it is missing and the token may
 */
export function createOpenbaoKeyService(options: {
  readonly url: string;
  readonly token: string;
  readonly mount: string;
  readonly key: string;
}): KeyService {
  const { mount, key } = options;
  const base = new URL(options.url);
  const pool = new Pool(base.origin, { connections: 16, keepAliveTimeout: 30_000, connectTimeout: 2_000 });
  const idPrefix = `openbao:${mount}/${key}:v`;

  const send = async (method: 'GET' | 'POST', path: string, body?: object): Promise<{ readonly status: number; readonly text: string }> => {
    try {
      const response = await pool.request({
        method,
        path: `${base.pathname.replace(/\/$/, '')}/v1/${mount}/${path}`,
        headers: { 'x-vault-token': options.token, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      return { status: response.statusCode, text: await response.body.text() };
    } catch (error) {
      throw new KeyServiceUnavailableError('OpenBao did not answer', { cause: error });
    }
  };
  /** Its answers to a refusal may repeat what was sent, so they are not passed on. */
  const call = async <T>(method: 'GET' | 'POST', path: string, body: object | undefined, shape: z.ZodType<T>): Promise<T> => {
    const { status, text } = await send(method, path, body);
    if (status < 200 || status > 299) {
      const away = status >= 500 || status === 429;
      throw new (away ? KeyServiceUnavailableError : KeyServiceError)(`OpenBao answered ${status}: ${method} ${mount}/${path}`);
    }
    const parsed = shape.safeParse(text === '' ? {} : JSON.parse(text));
    if (!parsed.success) throw new KeyServiceError(`OpenBao answered in another shape: ${method} ${mount}/${path}`);
    return parsed.data;
  };
  const nothing = z.unknown();

  const describe = async (): Promise<z.output<typeof described>['data']> => {
    const { data } = await call('GET', `keys/${key}`, undefined, described);
    if (data.type !== 'aes256-gcm96' || !data.derived)
      throw new KeyServiceError(`the transit key ${key} has to be of type aes256-gcm96 and derived`);
    return data;
  };
  /** Of several that make it at once the first does, and the others change nothing. */
  const makeSure = async (): Promise<void> => {
    const { status } = await send('GET', `keys/${key}`);
    if (status === 404) await call('POST', `keys/${key}`, { type: 'aes256-gcm96', derived: true }, nothing);
    await describe();
  };
  let made: Promise<void> | undefined;
  /** Once, and again only after it failed. A key of another kind would bind nothing to its place, so none is used before. */
  const ready = (): Promise<void> => {
    const attempt = (made ??= makeSure());
    attempt.catch(() => {
      made = undefined;
    });
    return attempt;
  };
  const idOf = (version: number): string => idPrefix + String(version);

  return {
    owns: (masterKeyId) => masterKeyId.startsWith(idPrefix),
    async currentMasterKeyId() {
      await ready();
      return idOf((await describe()).latest_version);
    },
    async wrap(dataKey, place) {
      await ready();
      const body = { plaintext: dataKey.toString('base64'), ...bindingOf(place) };
      const { data } = await call('POST', `encrypt/${key}`, body, encrypted);
      const version = /^vault:v(\d+):/.exec(data.ciphertext)?.[1];
      if (version === undefined) throw new KeyServiceError('OpenBao answered a ciphertext without a version');
      return { wrapped: Buffer.from(data.ciphertext), masterKeyId: idOf(Number(version)) };
    },
    async unwrap(wrappedKey, place) {
      const body = { ciphertext: wrappedKey.wrapped.toString(), ...bindingOf(place) };
      const { data } = await call('POST', `decrypt/${key}`, body, decrypted);
      return Buffer.from(data.plaintext, 'base64');
    },
    async makeMasterKey() {
      await ready();
      await call('POST', `keys/${key}/rotate`, {}, nothing);
      return idOf((await describe()).latest_version);
    },
    async destroyMasterKeys(masterKeyIds) {
      const gone = new Set(masterKeyIds.map((id) => Number(id.slice(idPrefix.length))));
      if (gone.size === 0) return;
      const { latest_version: latest, min_available_version: available } = await describe();
      // Versions go from the oldest on: one that is still needed keeps all after it.
      let lowest = Math.max(available, 1);
      while (lowest < latest && gone.has(lowest)) lowest += 1;
      if (lowest <= Math.max(available, 1)) return;
      await call('POST', `keys/${key}/config`, { min_decryption_version: lowest, min_encryption_version: lowest }, nothing);
      await call('POST', `keys/${key}/trim`, { min_available_version: lowest }, nothing);
    },
    close: () => pool.close(),
  };
}
