/** An official app whose every part a test can make wrong: token, proof, attestation, assertion, bytes. */
import {
  makeAssertion,
  makeProof,
  makeSoftwareKey,
  attestationHash,
  type ProofRequest,
  type SoftwareKey,
} from '@vitrine/local/official-app-keys';
import type { Authority } from '@vitrine/local/attestation-certificates';
import { makeAppleAttestation } from '@vitrine/local/software-attester';
import type { GatewayUnderAttack } from './gateway-under-attack.ts';

export const appId = 'A1B2C3D4E5.example.vitrine.app';

export interface AppCall {
  readonly path?: string;
  readonly method?: string;
  /** What is sent, as text. */
  readonly body?: string;
  readonly token?: string;
  /** Over the proof of this request. */
  readonly proof?: Partial<ProofRequest>;
  /** The proof as it is. */
  readonly rawProof?: string;
  readonly assertion?: string;
  /** Undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface AppAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly nonce: string | null;
  readonly text: string;
}

export type AttestationOptions = Partial<Parameters<typeof makeAppleAttestation>[1]>;

export interface AttackedApp {
  /** Bound to the access token. */
  readonly key: SoftwareKey;
  /** Attested. */
  readonly attested: SoftwareKey;
  readonly token: string;
  call(call?: AppCall): Promise<AppAnswer>;
  makeProof(changes?: Partial<ProofRequest>, key?: SoftwareKey): string;
  challenge(): Promise<string>;
  /** The body of a registration, right unless told otherwise. */
  registration(changes?: {
    readonly attestation?: AttestationOptions;
    readonly challenge?: string;
    /** Which key the attestation is said to be for. */
    readonly boundKey?: string;
    readonly body?: Readonly<Record<string, unknown>>;
  }): Promise<string>;
  register(body: string): Promise<AppAnswer>;
}

let addresses = 0;

export async function createAttackedApp(gateway: GatewayUnderAttack, authority: Authority): Promise<AttackedApp> {
  const key = makeSoftwareKey();
  const attested = makeSoftwareKey();
  const token = await gateway.provider.token('buyer', { claims: { cnf: { jkt: key.thumbprint } } });
  const graphUrl = `${gateway.origin}/graphql/buyer`;
  let nonce = '';

  const makeProofOf = (changes: Partial<ProofRequest> = {}, by: SoftwareKey = key): string =>
    makeProof(by, { method: 'POST', url: graphUrl, accessToken: token, nonce, ...changes });

  const call = async (asked: AppCall = {}): Promise<AppAnswer> => {
    const { path = '/graphql/buyer', method = 'POST', body = '{}', proof, headers = {}, assertion } = asked;
    addresses += 1;
    const all: Readonly<Record<string, string | undefined>> = {
      'content-type': 'application/json',
      authorization: `DPoP ${asked.token ?? token}`,
      dpop: asked.rawProof ?? makeProofOf({ method, url: gateway.origin + path, ...proof }),
      'x-vitrine-app': 'ios/5.2.0',
      'x-vitrine-assertion': assertion,
      // The limit of an address is not what is tested here.
      'x-forwarded-for': `198.18.${Math.floor(addresses / 250)}.${addresses % 250}`,
      ...headers,
    };
    const response = await fetch(gateway.origin + path, {
      method,
      headers: Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]])),
      body,
    });
    const text = await response.text();
    const given = response.headers.get('dpop-nonce');
    if (given !== null) nonce = given;
    return { status: response.status, code: /"code":"(\w+)"/.exec(text)?.[1], nonce: given, text };
  };
  const challenge = async (): Promise<string> => {
    const { text } = await call({ path: '/app/challenges' });
    return (JSON.parse(text) as { readonly challenge: string }).challenge;
  };

  return {
    key,
    attested,
    token,
    call,
    challenge,
    makeProof: makeProofOf,
    async registration({ attestation = {}, boundKey = key.thumbprint, body = {}, ...given } = {}) {
      const taken = given.challenge ?? (await challenge());
      const made = await makeAppleAttestation(
        { publicKey: attested.publicKey, clientDataHash: attestationHash(taken, boundKey) },
        { chain: [authority], appId, environment: 'appattest\0\0\0\0\0\0\0', ...attestation },
      );
      return JSON.stringify({ platform: 'ios', version: '5.2.0', ...made, challenge: taken, ...body });
    },
    register: (body) => call({ path: '/app/instances', body }),
  };
}

/** An assertion for exactly this proof and body. */
export const assertionFor = (
  { attested }: Pick<AttackedApp, 'attested'>,
  request: {
    readonly body: string;
    readonly proof: string;
    readonly counter: number;
    readonly path?: string;
    readonly method?: string;
    readonly appId?: string;
  },
): string => makeAssertion(attested, { method: 'POST', path: '/graphql/buyer', appId, ...request });
