import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeAuthority } from '@vitrine/local/attestation-certificates';
import { softwareAppId, softwareApps } from '@vitrine/local/software-attester-names';
import { AppSettingsError, parseAppSettings } from '../../src/app-clients/app-settings.ts';

let folder: string;
let pem: string;
let rootsFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apps-'));
  pem = (await makeAuthority({ name: 'Root' })).certificate.toString();
  rootsFile = path.join(folder, 'roots.pem');
  await writeFile(rootsFile, `Two of them:\n${pem}\n${pem}`);
});
afterAll(() => rm(folder, { recursive: true }));

const appIds = ['A1B2C3D4E5.example.app'];
const digest = 'ab'.repeat(32);

describe('the official apps', () => {
  test('are none unless some are named', () => {
    expect(parseAppSettings('{}', 'production')).toEqual({ ios: null, android: null });
  });

  test('of both platforms come with roots that are written here or in a file', () => {
    const android = { apps: [{ packageName: 'example.app', signingDigests: [digest] }], rootsFile };
    const settings = parseAppSettings(JSON.stringify({ ios: { appIds, roots: [pem] }, android }), 'production');
    expect(settings.ios).toMatchObject({ appIds, takesDevelopment: false });
    expect(settings.ios?.roots).toHaveLength(1);
    expect(settings.android?.roots).toHaveLength(2);
  });

  test('of the software attester are taken in development, and refused in production', () => {
    expect(parseAppSettings(softwareApps(rootsFile), 'development').ios).toMatchObject({ appIds: [softwareAppId], takesDevelopment: true });
    expect(() => parseAppSettings(softwareApps(rootsFile), 'production')).toThrow(/not with NODE_ENV=production/);
  });

  test.each([
    ['no JSON', () => '{'],
    ['a list', () => []],
    ['a platform that there is not', () => ({ web: {} })],
    ['no app', () => ({ ios: { appIds: [], roots: [pem] } })],
    ['an app without its team', () => ({ ios: { appIds: ['example.app'], roots: [pem] } })],
    ['no roots', () => ({ ios: { appIds } })],
    ['roots here and in a file', () => ({ ios: { appIds, roots: [pem], rootsFile } })],
    ['roots that are none', () => ({ ios: { appIds, roots: ['root'] } })],
    ['roots that cannot be read', () => ({ ios: { appIds, roots: [pem.replace(/\n[A-Za-z]{8}/, '\nAAAAAAAA')] } })],
    ['a file that is not there', () => ({ ios: { appIds, rootsFile: path.join(folder, 'none.pem') } })],
    ['no package name', () => ({ android: { apps: [{ packageName: 'app', signingDigests: [digest] }], rootsFile } })],
    ['no signing digest', () => ({ android: { apps: [{ packageName: 'example.app', signingDigests: [] }], rootsFile } })],
    ['a digest with colons', () => ({ android: { apps: [{ packageName: 'example.app', signingDigests: ['AB:CD'] }], rootsFile } })],
    [
      'development on Android',
      () => ({ android: { apps: [{ packageName: 'example.app', signingDigests: [digest] }], rootsFile, development: true } }),
    ],
  ])('cannot be read from %s', (_name, make) => {
    const value = make();
    expect(() => parseAppSettings(typeof value === 'string' ? value : JSON.stringify(value), 'production')).toThrow(AppSettingsError);
  });
});
