/**
 * Official apps as clients of the gateway that is measured with all its checks on: each its own buyer, device, attested key and
 * address. What they send is signed before the clock runs, so that signing costs nobody's measurement.
 */
import { makeAuthority, type Authority } from '@vitrine/local/attestation-certificates';
import { attestationHash, makeAssertion, makeProof, makeSoftwareKey, type SoftwareKey } from '@vitrine/local/official-app-keys';
import { operationIdOf } from '@vitrine/local/published-operations';
import { makeAppleAttestation } from '@vitrine/local/software-attester';
import type { PreparedRequest, Traffic } from './gateway-load.ts';
import { benchOperations, type OperationName } from './gateway-operations.ts';
import type { Surroundings } from './gateway-surroundings.ts';

const graphPath = '/graphql/buyer';
const appId = 'VITRINE001.example.vitrine.app';
const appVersion = '1.0.0';
/** As Apple says it of apps from its store. */
const reviewed = 'appattest\0\0\0\0\0\0\0';

/** Who says which apps are official. */
export type AppMaker = {
  /** The gateway's `APPS`. */
  readonly settings: string;
  readonly authority: Authority;
};

export async function createAppMaker(): Promise<AppMaker> {
  const root = await makeAuthority({ name: 'Benchmark attestation root' });
  const authority = await makeAuthority({ name: 'Benchmark attestation', issuer: root, pathLength: 0 });
  return { settings: JSON.stringify({ ios: { appIds: [appId], roots: [root.certificate.toString()] } }), authority };
}

type App = {
  readonly key: SoftwareKey;
  readonly attestedKey: SoftwareKey;
  readonly token: string;
  readonly address: string;
  /** Of the last assertion. */
  counter: number;
};

/** @param requests how many are signed, for all apps together */
export type SignTraffic = (operation: OperationName, requests: number) => Promise<Traffic>;

/**
 * Makes the apps and has each registered.
 * @param count as many as clients that send at the same time: assertions of one app have to arrive in their order
 * @throws Error when the gateway does not take one
 */
export async function registerApps(
  origin: string,
  count: number,
  maker: AppMaker,
  { identityProvider }: Surroundings,
): Promise<SignTraffic> {
  const post = async (app: App, path: string, content: object, nonce: string | undefined): Promise<Response> => {
    const body = JSON.stringify(content);
    return fetch(`${origin}${path}`, { method: 'POST', body, headers: headersOf(origin, app, { path, body, nonce, isAsserted: false }) });
  };
  const anyApp = await makeApp(identityProvider, 0);
  const freshNonce = async (): Promise<string> => {
    const response = await post(anyApp, '/app/challenges', {}, undefined);
    await response.arrayBuffer();
    const nonce = response.headers.get('dpop-nonce');
    if (nonce === null) throw new Error(`the gateway tells no nonce: HTTP ${response.status}`);
    return nonce;
  };
  const told = async (response: Response): Promise<Readonly<Record<string, string>>> => {
    if (!response.ok) throw new Error(`an app is not registered: HTTP ${response.status} ${(await response.text()).slice(0, 300)}`);
    return (await response.json()) as Readonly<Record<string, string>>;
  };

  const apps: App[] = [];
  const nonce = await freshNonce();
  for (let number = 1; number <= count; number += 1) {
    const app = await makeApp(identityProvider, number);
    const { challenge = '' } = await told(await post(app, '/app/challenges', {}, nonce));
    const { keyId, attestation } = await makeAppleAttestation(
      { publicKey: app.attestedKey.publicKey, clientDataHash: attestationHash(challenge, app.key.thumbprint) },
      { chain: [maker.authority], appId, environment: reviewed },
    );
    await told(await post(app, '/app/instances', { platform: 'ios', version: appVersion, keyId, attestation, challenge }, nonce));
    apps.push(app);
  }

  const sign = (app: App, operation: OperationName, index: number, current: string): PreparedRequest => {
    const { source, graphqlName, isMutation, variables } = benchOperations[operation];
    const extensions = { persistedQuery: { version: 1, sha256Hash: operationIdOf(source) } };
    const body = JSON.stringify({ operationName: graphqlName, variables: variables[index], extensions });
    return { index, body, headers: headersOf(origin, app, { path: graphPath, body, nonce: current, isAsserted: isMutation }) };
  };
  return async (operation, requests) => {
    const current = await freshNonce();
    const { length } = benchOperations[operation].variables;
    const each = Math.ceil(requests / apps.length);
    // Of each app in the order in which they have to be sent; together they go through all sets of variables.
    const queues = apps.map((app, place) =>
      Array.from({ length: each }, (_, turn) => sign(app, operation, (turn * apps.length + place) % length, current)),
    );
    const sent = queues.map(() => 0);
    return {
      next(client) {
        const turn = sent[client] ?? 0;
        sent[client] = turn + 1;
        return queues[client]?.[turn];
      },
    };
  };
}

async function makeApp(identityProvider: Surroundings['identityProvider'], number: number): Promise<App> {
  const key = makeSoftwareKey();
  const token = await identityProvider.token('buyer', {
    claims: {
      sub: `usr_01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
      cnf: { jkt: key.thumbprint },
      // Four hours: a run is shorter.
      exp: Math.floor(Date.now() / 1_000) + 14_400,
    },
  });
  return { key, attestedKey: makeSoftwareKey(), token, address: `10.0.${number >> 8}.${number & 255}`, counter: 0 };
}

type Signing = { readonly path: string; readonly body: string; readonly nonce: string | undefined; readonly isAsserted: boolean };

function headersOf(origin: string, app: App, { path, body, nonce, isAsserted }: Signing): Readonly<Record<string, string>> {
  const proof = makeProof(app.key, {
    method: 'POST',
    url: origin + path,
    accessToken: app.token,
    ...(nonce === undefined ? {} : { nonce }),
  });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: `DPoP ${app.token}`,
    dpop: proof,
    'x-vitrine-app': `ios/${appVersion}`,
    'x-forwarded-for': app.address,
  };
  if (!isAsserted) return headers;
  app.counter += 1;
  const assertion = makeAssertion(app.attestedKey, { method: 'POST', path, body, proof, counter: app.counter, appId });
  return { ...headers, 'x-vitrine-assertion': assertion };
}
