/** Which apps are official (`APPS`), and whose attestations about them are believed. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AndroidSettings } from './android-attestation.ts';
import type { AppleSettings } from './apple-attestation.ts';

/** `APPS` is not what it has to be. */
export class AppSettingsError extends Error {
  override readonly name = 'AppSettingsError';
}

export interface AppSettings {
  readonly ios: AppleSettings | null;
  readonly android: AndroidSettings | null;
}

/** Trusted roots, in PEM: here, or in a file. */
const roots = {
  roots: z.array(z.string()).min(1).optional(),
  rootsFile: z.string().min(1).optional(),
};

const shape = z.strictObject({
  ios: z
    .strictObject({
      appIds: z.array(z.string().regex(/^[A-Z0-9]{10}\.[A-Za-z0-9.-]+$/, 'must be TEAMID.bundle.id')).min(1),
      ...roots,
      development: z.boolean().default(false),
    })
    .optional(),
  android: z
    .strictObject({
      apps: z
        .array(
          z.strictObject({
            packageName: z.string().regex(/^[A-Za-z]\w*(\.[A-Za-z]\w*)+$/, 'must be a package name'),
            signingDigests: z.array(z.string().regex(/^[\da-f]{64}$/, 'must be SHA-256 in lower-case hexadecimal')).min(1),
          }),
        )
        .min(1),
      ...roots,
    })
    .optional(),
});

/**
 * Reads `APPS`.
 * @throws AppSettingsError that says what is wrong with it
 */
export function parseAppSettings(text: string, environment: 'development' | 'test' | 'production'): AppSettings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppSettingsError('APPS is not JSON', { cause: error });
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success)
    throw new AppSettingsError(`APPS: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`);
  const { ios, android } = parsed.data;
  if (ios?.development === true && environment === 'production')
    throw new AppSettingsError('APPS: ios.development lets apps in that nobody has reviewed: not with NODE_ENV=production');
  return {
    ios: ios === undefined ? null : { appIds: ios.appIds, roots: readRoots('ios', ios), takesDevelopment: ios.development },
    android: android === undefined ? null : { apps: android.apps, roots: readRoots('android', android) },
  };
}

function readRoots(
  platform: string,
  { roots: given, rootsFile }: { readonly roots?: readonly string[] | undefined; readonly rootsFile?: string | undefined },
): readonly X509Certificate[] {
  if ((given === undefined) === (rootsFile === undefined)) throw new AppSettingsError(`APPS: ${platform} needs either roots or rootsFile`);
  let certificates: readonly X509Certificate[];
  try {
    const pem = given?.join('\n') ?? (rootsFile === undefined ? '' : readFileSync(rootsFile, 'utf8'));
    certificates = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((each) => new X509Certificate(each));
  } catch (error) {
    throw new AppSettingsError(`APPS: the root certificates of ${platform} cannot be read`, { cause: error });
  }
  if (certificates.length === 0) throw new AppSettingsError(`APPS: ${platform} has no root certificate in PEM`);
  return certificates;
}
