/** What a gateway has to be told to take the software attester's word. */
import { join } from 'node:path';

/** The app that the software attester speaks for: `TEAMID.bundle.id`. */
export const softwareAppId = 'VITRINEDEV.example.vitrine.app';

/** PEM of the attester's authority, in the folder that the identity provider keeps. */
export const attesterRootFile = (dataDir: string): string => join(dataDir, 'software-attester-root.pem');

/** `APPS` of a gateway that takes attestations of this authority, for development. */
export const softwareApps = (rootsFile: string): string =>
  JSON.stringify({ ios: { appIds: [softwareAppId], rootsFile, development: true } });
