/** A door before Redis that a test can shut: connections are cut, or answers stop coming. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';

export interface RedisProxy {
  readonly url: string;
  /** Ends all connections and accepts no new ones. */
  cut(): void;
  /** Keeps connections and lets nothing through any more, as a machine that has vanished. */
  hang(): void;
  /** Lets everything through again. Connections that have hung stay so. */
  open(): void;
  /** As after a restart of the server: connections end, and the next ones meet another run of it. */
  restart(): void;
  close(): Promise<void>;
}

export async function startRedisProxy(targetUrl: string): Promise<RedisProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'hung' = 'open';
  let runId: string | null = null;

  const server = createServer((client) => {
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const name = runId;
    let lost = false;
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (data) => {
        // TCP delivers everything or nothing: a connection that has lost a byte gets no further.
        lost ||= state === 'hung';
        if (lost) return;
        to.write(name === null ? data : Buffer.from(data.toString('latin1').replace(/run_id:\w{40}/, `run_id:${name}`), 'latin1'));
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(targetUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };

  return {
    url: url.href,
    cut() {
      state = 'cut';
      endAll();
    },
    hang() {
      state = 'hung';
    },
    open() {
      state = 'open';
    },
    restart() {
      runId = randomBytes(20).toString('hex');
      endAll();
    },
    async close() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
