/** Ports on 127.0.0.1 that nothing else uses, the same ones at every start when they are still free. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import path from 'node:path';
import { readJsonFile, writeJsonFile } from './state.ts';

export const loopback = '127.0.0.1';

// Below the range from which the kernel takes ports for outgoing connections: a port that is free
// now cannot be taken by one of those before its server binds it.
const lowestPort = 20_000;
const highestPort = 29_999;

/** A port that was asked for is taken, or reserved for root. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
}

export type Ports = {
  /** A free port for `name`: the wanted one, else the one it had last time, else any. */
  readonly take: (name: string, wanted?: number) => Promise<number>;
};

/** Ports of one stack, remembered in its folder. `take` throws PortInUseError when a wanted port is taken. */
export function openPorts(root: string): Ports {
  const file = path.join(root, 'ports.json');
  const remembered = (readJsonFile(file) as Record<string, number> | undefined) ?? {};
  const taken = new Set<number>();

  const reserve = async (port: number | undefined): Promise<boolean> => {
    if (port === undefined || taken.has(port)) return false;
    // Before asking the kernel: parts that start in parallel must not get the same port.
    taken.add(port);
    if (await isFree(port)) return true;
    taken.delete(port);
    return false;
  };

  return {
    take: async (name, wanted) => {
      if (wanted !== undefined) {
        if (await reserve(wanted)) return wanted;
        throw new PortInUseError(`port ${wanted} for ${name} is in use or may not be used: choose another`);
      }
      let port = remembered[name];
      while (port === undefined || !(await reserve(port))) {
        port = randomInt(lowestPort, highestPort + 1);
      }
      if (remembered[name] !== port) {
        remembered[name] = port;
        writeJsonFile(file, remembered);
      }
      return port;
    },
  };
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: loopback, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
