/** What a run of one test says about a mutation. */

/** The part of jest's JSON report that is read here. */
export interface JestReport {
  /** Files that could not be run at all. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    /** The file's absolute path. */
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

export type Verdict =
  | { readonly kind: 'caught' }
  | { readonly kind: 'survived' }
  /** The test could not judge: its file did not load, it does not exist, or it stumbled over something else. */
  | { readonly kind: 'broken'; readonly why: string };

/** How a test fails that has looked: by a matcher, or because what it waits for, or a refusal, does not come. */
const hasLooked = /expect\(|Exceeded timeout of \d+ ms for a test|the condition did not come to hold|The call was not refused by Stripe/;

/** @param test a part of the full names of the tests that count */
export function verdictOf(report: JestReport, test: string): Verdict {
  const [file] = report.testResults;
  if (report.numRuntimeErrorTestSuites > 0) return { kind: 'broken', why: `the file does not load: ${firstLine(file?.message)}` };
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ fullName }) => fullName.includes(test));
  const failed = results.filter(({ status }) => status === 'failed');
  if (failed.length === 0) {
    return results.some(({ status }) => status === 'passed') ? { kind: 'survived' } : { kind: 'broken', why: 'there is no such test' };
  }
  const messages = failed.flatMap(({ failureMessages }) => failureMessages ?? []);
  return messages.some((message) => hasLooked.test(message)) ? { kind: 'caught' } : { kind: 'broken', why: firstLine(messages[0]) };
}

const firstLine = (text = ''): string => text.trim().split('\n', 1)[0] ?? '';
