/** Attests and registers apps of a test's server, as each platform does. */
import { attestationHash, makeSoftwareKey, type SoftwareKey } from '@vitrine/local/official-app-keys';
import { makeAppleAttestation } from '@vitrine/local/software-attester';
import { joinChain, makeAndroidLeaf } from '../support/android-attestations.ts';
import { iosAppId, type Answer, type AppCaller, type AppServer } from './app-server.ts';

export type AttestationChanges = Partial<Parameters<typeof makeAppleAttestation>[1]>;

export const productionEnvironment = 'appattest\0\0\0\0\0\0\0';

/** The body of `POST /app/instances` of an iPhone. */
export async function iosRegistration(
  server: AppServer,
  app: AppCaller,
  attested: SoftwareKey,
  changes: AttestationChanges = {},
): Promise<Record<string, string>> {
  const challenge = await app.challenge();
  const made = await makeAppleAttestation(
    { publicKey: attested.publicKey, clientDataHash: attestationHash(challenge, app.key.thumbprint) },
    { chain: [server.intermediate], appId: iosAppId, environment: productionEnvironment, ...changes },
  );
  return { platform: 'ios', version: '5.2.0', ...made, challenge };
}

/** The body of `POST /app/instances` of an Android phone. */
export async function androidRegistration(server: AppServer, app: AppCaller, attested: SoftwareKey): Promise<Record<string, string>> {
  const challenge = await app.challenge();
  const leaf = await makeAndroidLeaf(attested.publicKey, server.intermediate, {
    challenge: attestationHash(challenge, app.key.thumbprint),
  });
  const attestation = joinChain([leaf, server.intermediate.certificate, server.root.certificate]).toString('base64');
  return { platform: 'android', version: '5.2.0', keyId: attested.keyId, attestation, challenge };
}

export const register = (app: AppCaller, body: unknown): Promise<Answer> => app.call('POST', '/app/instances', { body });

/** An app that is registered, on an iPhone. */
export async function registeredApp(
  server: AppServer,
): Promise<{ readonly app: AppCaller; readonly attested: SoftwareKey; readonly instanceId: string }> {
  const app = await server.app();
  const attested = makeSoftwareKey();
  const answer = await register(app, await iosRegistration(server, app, attested));
  if (answer.status !== 201) throw new Error(`not registered: ${JSON.stringify(answer.body)}`);
  return { app, attested, instanceId: String(answer.body['instanceId']) };
}
