/**
 * A test that waited for something that did not come is run once more: that a machine of two cores was busy elsewhere is
 * no fault of the product, nor is a browser whose driver could not look. What came and was wrong is never asked again.
 * `second-attempts.ts` lists who needed it.
 */

import { type RunnerTestCase, TestRunner, vi } from 'vitest';

/** How the helpers of these tests, vitest and Playwright say that a deadline passed. */
const DEADLINE_PASSED =
  /timed out in \d+ ?ms|Timeout \d+ms exceeded|^no [\s\S]*(in \d+ ms; came|; came|; shown):|^not yet: |^never: |did not come$|^nothing came$/u;
/** How Playwright says that it could not look: what it asked was under way while a page of the test's own went. */
const COULD_NOT_LOOK =
  /^\w+\.\w+: (Execution context was destroyed|Target (page|crashed|closed)|Page crashed)/u;
/** The cause that `expect.poll` gives to what was not so until its deadline, and `vi.waitFor` here. */
const NOT_SO_IN_TIME = 'Matcher did not succeed in time.';

interface Failure {
  readonly message?: string;
  readonly cause?: unknown;
}

const { waitFor } = vi;
vi.waitFor = async (isSo, options) => {
  try {
    return await waitFor(isSo, options);
  } catch (error) {
    if (error instanceof Error) error.cause ??= new Error(NOT_SO_IN_TIME);
    throw error;
  }
};

export default class PatientRunner extends TestRunner {
  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    test.retry = { count: 1, condition: wasLateOrUnseen };
    await super.onBeforeRunTask(test);
  }
}

function wasLateOrUnseen({ message = '', cause }: Failure): boolean {
  const polled = (cause as Failure | undefined)?.message === NOT_SO_IN_TIME;
  return polled || DEADLINE_PASSED.test(message) || COULD_NOT_LOOK.test(message);
}
