/** Which app calls, as it says itself in `X-Vitrine-App`: `ios/5.2.0`. Nothing is let in for it; an old one is told to be replaced. */

export const platforms = ['ios', 'android'] as const;
export type Platform = (typeof platforms)[number];

export interface AppVersion {
  readonly platform: Platform;
  /** Semantic Versioning 2.0.0. */
  readonly version: string;
}

const number = '(?:0|[1-9]\\d{0,8})';
const versionShape = new RegExp(
  `^(${number})\\.(${number})\\.(${number})(?:-([\\dA-Za-z-]+(?:\\.[\\dA-Za-z-]+)*))?(?:\\+[\\dA-Za-z.-]+)?$`,
);
const maxVersionLength = 64;

export const isPlatform = (value: unknown): value is Platform => platforms.some((each) => each === value);
export const isVersion = (value: string): boolean => value.length <= maxVersionLength && versionShape.test(value);

/** Null for anything else than one platform and one version. */
export function readAppVersion(header: string | string[] | undefined): AppVersion | null {
  if (typeof header !== 'string') return null;
  const slash = header.indexOf('/');
  const [platform, version] = [header.slice(0, slash), header.slice(slash + 1)];
  return isPlatform(platform) && isVersion(version) ? { platform, version } : null;
}

/**
 * Below 0 when `left` comes before `right` (https://semver.org, point 11).
 * @param left a version, as is `right`
 */
export function compareVersions(left: string, right: string): number {
  const [, ...one] = versionShape.exec(left) ?? [];
  const [, ...two] = versionShape.exec(right) ?? [];
  for (let index = 0; index < 3; index += 1) {
    const difference = Number(one[index]) - Number(two[index]);
    if (difference !== 0) return difference;
  }
  const [before, after] = [one[3], two[3]];
  // What comes before a release is older than it.
  if (before === undefined || after === undefined) return Number(before === undefined) - Number(after === undefined);
  return comparePrereleases(before.split('.'), after.split('.'));
}

function comparePrereleases(left: readonly string[], right: readonly string[]): number {
  for (const [index, one] of left.entries()) {
    const two = right[index];
    if (two === undefined) return 1;
    if (one === two) continue;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(two)];
    if (isNumber && isOtherNumber) return Number(one) - Number(two);
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    return one < two ? -1 : 1;
  }
  return left.length - right.length;
}
