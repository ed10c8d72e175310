/**
 * The software attester's routes, in the identity provider's process: `POST /software-attester/attestations` attests a key, and
 * `GET /software-attester/root.pem` is the authority that a development gateway trusts for it.
 */
import type { IncomingMessage } from 'node:http';
import type { Provider } from 'oidc-provider';
import { readPublicKey, type SoftwareAttester } from './software-attester.ts';

const pathPrefix = '/software-attester/';

/** The largest request, in bytes: it holds a key and a hash. */
const maximumBytes = 2_048;

/** Serves the routes before the provider's own; pages of `gatewayOrigin` may call them. */
export function serveSoftwareAttester(provider: Provider, attester: SoftwareAttester, gatewayOrigin: string): void {
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith(pathPrefix)) {
      await next();
      return;
    }
    ctx.set('Cache-Control', 'no-store');
    ctx.vary('Origin');
    if (ctx.get('Origin') === gatewayOrigin) ctx.set('Access-Control-Allow-Origin', gatewayOrigin);
    const route = `${ctx.method} ${ctx.path.slice(pathPrefix.length)}`;
    if (route === 'OPTIONS attestations') {
      ctx.set('Access-Control-Allow-Methods', 'POST');
      ctx.set('Access-Control-Allow-Headers', 'content-type');
      ctx.status = 204;
    } else if (route === 'GET root.pem') {
      ctx.type = 'application/x-pem-file';
      ctx.body = attester.root;
    } else if (route === 'POST attestations') {
      const request = readRequest(await readText(ctx.req));
      ctx.status = request === undefined ? 400 : 200;
      ctx.body =
        request === undefined
          ? { error: 'invalid_request', error_description: 'publicKeyJwk (P-256) and clientDataHash (32 bytes, base64url) are needed' }
          : await attester.attest(request);
    } else {
      ctx.status = 404;
      ctx.body = { error: 'not_found' };
    }
  });
}

function readRequest(text: string | undefined) {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    // Sent by a client: that it is not JSON is the answer.
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { publicKeyJwk, clientDataHash } = value as Readonly<Record<string, unknown>>;
  const publicKey = readPublicKey(publicKeyJwk);
  if (publicKey === undefined || typeof clientDataHash !== 'string') return undefined;
  const bytes = Buffer.from(clientDataHash, 'base64url');
  return bytes.length === 32 ? { publicKey, clientDataHash: bytes } : undefined;
}

/** Undefined when it is too large. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maximumBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
