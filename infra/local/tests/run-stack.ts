/** A starter for `stack.e2e.test.ts` to kill: runs a stack from the folder that is given, until it is ended. */
import { runStack } from '@vitrine/local/stack';

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('the folder of the stack must be given');
await runStack({ root, nodeEnvironment: 'test' });
