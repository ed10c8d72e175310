/**
 * The gateway's connection to Redis. A command that cannot be answered soon fails, so that a request never waits for Redis longer
 * than it may; commands of one turn of the event loop travel together.
 */
import { Redis } from 'ioredis';
import type { Logger } from '@vitrine/runtime/telemetry';

/** A healthy Redis answers in a millisecond. */
const answerTimeoutMs = 250;

/** Connects in the background and goes on trying for ever. To be ended with `disconnect()`. */
export function createRedis(url: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    enableAutoPipelining: true,
    commandTimeout: answerTimeoutMs,
    connectTimeout: 2_000,
    disconnectTimeout: 200,
    // A peer that has vanished without a word is given up, and connected to anew.
    socketTimeout: answerTimeoutMs * 10,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
  });
  let away = false;
  redis.on('error', (error: unknown) => {
    // Each attempt fails again: once is enough to know.
    if (!away) logger.warn({ err: error }, 'Redis cannot be reached');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info('Redis is back');
    away = false;
  });
  return redis;
}
