/**
 * The identity provider of the local stack, as a process: OpenID Connect for the seeded accounts, for development
 * and tests. Ready when `/.well-known/openid-configuration` answers.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { readIdentityConfig } from './identity-config.ts';
import { loadSigningKeys } from './identity-keys.ts';
import { createIdentityProvider } from './identity-server.ts';
import { openSoftwareAttester } from './software-attester.ts';

const config = readIdentityConfig(process.env);
const provider = createIdentityProvider(config, await loadSigningKeys(config.dataDir), await openSoftwareAttester(config.dataDir));
provider.on('server_error', (_ctx, error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
});

const answer = provider.callback();
// It answers its own failures and never rejects.
const server = createServer((request, response) => void answer(request, response));
server.listen(config.port, config.host);
await once(server, 'listening');
process.stdout.write(`identity provider ready at ${config.issuer}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close();
  });
}
