/** Where a process spent its time, by a profile of V8 (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile). */
import path from 'node:path';

export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly children?: readonly number[];
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples?: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas?: readonly number[];
};

/** As a share of the time in which the process was not idle. */
export type TimeShare = { readonly place: string; readonly share: number };

export type ProfileReading = {
  /** Functions, by the time that they themselves took. */
  readonly functions: readonly TimeShare[];
  /** Packages, folders of ours, and Node's own modules, by the time that their functions themselves took. */
  readonly packages: readonly TimeShare[];
  /** Functions of ours, by their time with all that they called. */
  readonly callers: readonly TimeShare[];
};

type Frame = CpuProfile['nodes'][number]['callFrame'];

/** Reads off where the time went. @param count how many of each kind */
export function readProfile(profile: CpuProfile, count: number): ProfileReading {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const functions = new Map<string, number>();
  const packages = new Map<string, number>();
  const callers = new Map<string, number>();
  let total = 0;
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const frame = nodes.get(id)?.callFrame;
    // The profiler's own work is none of the process's.
    if (frame === undefined || frame.functionName === '(idle)' || frame.url.startsWith('node:inspector')) continue;
    const time = profile.timeDeltas?.[index] ?? 0;
    total += time;
    add(functions, functionOf(frame), time);
    add(packages, packageOf(frame), time);
    const onStack = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const caller = nodes.get(at)?.callFrame;
      if (caller !== undefined && isOurs(caller)) onStack.add(functionOf(caller));
    }
    for (const caller of onStack) add(callers, caller, time);
  }
  const top = (sums: ReadonlyMap<string, number>): TimeShare[] =>
    [...sums]
      .map(([place, time]) => ({ place, share: total === 0 ? 0 : time / total }))
      .toSorted((a, b) => b.share - a.share)
      .slice(0, count);
  return { functions: top(functions), packages: top(packages), callers: top(callers) };
}

function add(sums: Map<string, number>, name: string, time: number): void {
  sums.set(name, (sums.get(name) ?? 0) + time);
}

const isOurs = ({ url }: Frame): boolean => url.startsWith('file:') && !url.includes('/node_modules/') && !url.includes('/tests/bench/');

const functionOf = ({ functionName, url, lineNumber }: Frame): string =>
  `${functionName || '(anonymous)'}${url === '' ? '' : ` ${placeOf(url)}:${lineNumber + 1}`}`;

function packageOf(frame: Frame): string {
  const { functionName, url } = frame;
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  if (url.startsWith('node:')) return url;
  if (isOurs(frame)) return placeOf(url).replace(/\/[^/]*$/, '');
  return /^(?:@[^/]+\/)?[^/]+/.exec(placeOf(url))?.[0] ?? url;
}

/** The package and file for an installed one, the last folders for one of ours. */
function placeOf(url: string): string {
  const installed = url.lastIndexOf('/node_modules/');
  return installed === -1 ? url.split('/').slice(-3).join('/') : url.slice(installed + '/node_modules/'.length);
}

/** The file that a profile is kept in. */
export const profileFile = (folder: string, name: string): string => path.join(folder, `${name}.cpuprofile`);
