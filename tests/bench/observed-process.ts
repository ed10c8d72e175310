/**
 * Loaded into the processes of a stack that is measured, never into others (`--import` in NODE_OPTIONS). From one SIGUSR2 to the next
 * it counts the requests that the process answers and the round trips that it makes to each port, or takes a profile of its processor
 * time, and writes what it found to `OBSERVATION_FILE`, which is there once it is complete. Between observations it costs next to nothing.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { renameSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Session } from 'node:inspector/promises';
import { Socket } from 'node:net';

const file = process.env['OBSERVATION_FILE'];
if (file === undefined) throw new Error('OBSERVATION_FILE does not say where the observation goes');

let observing = false;
let requests: Record<string, number> = {};
let roundTrips: Record<string, number> = {};

/** A round trip: something is written, and then something is read. What is written in between goes along. */
function countRoundTrips(socket: Socket): void {
  let written = false;
  const write = socket.write.bind(socket);
  const push = socket.push.bind(socket);
  socket.write = (...given: unknown[]): boolean => {
    written = true;
    return Reflect.apply(write, undefined, given) as boolean;
  };
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (written && chunk !== null) {
      written = false;
      if (observing) {
        const port = String(socket.remotePort);
        roundTrips[port] = (roundTrips[port] ?? 0) + 1;
      }
    }
    return push(chunk, encoding);
  };
}

// Every client's socket goes through it; the channel `net.client.socket` hears of some only.
const connect = Reflect.get(Socket.prototype, 'connect') as (...given: unknown[]) => Socket;
Socket.prototype.connect = function (this: Socket, ...given: unknown[]): Socket {
  const socket = Reflect.apply(connect, this, given);
  // After it has begun: `connect` puts the original `write` back.
  countRoundTrips(socket);
  return socket;
};

const countRequest = (message: unknown): void => {
  const { request } = message as { readonly request: IncomingMessage };
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const route = `${request.method ?? ''} ${path.replaceAll(/[a-z]+_[0-9a-f-]{36}/g, ':id')}`;
  requests[route] = (requests[route] ?? 0) + 1;
};

let session: Session | undefined;

async function begin(): Promise<void> {
  requests = {};
  roundTrips = {};
  subscribe('http.server.request.start', countRequest);
  if (process.env['OBSERVATION_PROFILE'] === '1') {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
  }
  observing = true;
}

async function end(): Promise<object> {
  observing = false;
  unsubscribe('http.server.request.start', countRequest);
  if (session === undefined) return { requests, roundTrips, profile: null };
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  session = undefined;
  return { requests, roundTrips, profile };
}

process.on('SIGUSR2', () => {
  const step = observing ? end() : begin().then(() => ({}));
  void step.then((found) => {
    writeFileSync(`${file}.part`, JSON.stringify(found));
    renameSync(`${file}.part`, file);
  });
});
