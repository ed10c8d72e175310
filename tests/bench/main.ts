/**
 * `npm run bench -- <benchmark> [options]`: measures, writes a table and a JSON file, and exits with 0 when everything that was
 * measured also succeeded. With `--json` nothing but the JSON is on standard output.
 */
import { onTermination } from '@vitrine/local/termination';
import { benchGateway } from './gateway.ts';
import { benchPurchase } from './purchase.ts';

/** A benchmark takes its own options; answers whether all that it did succeeded. */
type Benchmark = (args: readonly string[], signal: AbortSignal) => Promise<boolean>;

const benchmarks: Readonly<Record<string, Benchmark>> = { gateway: benchGateway, purchase: benchPurchase };

const [name = '', ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined) throw new Error(`name a benchmark: ${Object.keys(benchmarks).join(', ')}`);
const interrupted = new AbortController();
onTermination((why) => interrupted.abort(new Error(`ended: ${why}`)));
const succeeded = await benchmark(args, interrupted.signal).catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return false;
});
process.exit(succeeded ? 0 : 1);
