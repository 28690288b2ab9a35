/**
 * A test that waited for something that did not come is run once more, alone with what still runs: a machine of two
 * cores that was busy elsewhere is not a fault of the product. What came and was wrong is never asked again. Whatever
 * needed its second attempt is listed at the end, with what the first one missed.
 */

import type { Reporter, TestCase, Vitest } from 'vitest/node';

/** How the helpers of these tests, vitest and Playwright say that a deadline passed. */
const DEADLINE_PASSED =
  /timed out in \d+ ?ms|Timeout \d+ms exceeded|^no [\s\S]*(in \d+ ms; came|; came|; shown):|^not yet: |^never: |did not come$|^nothing came$/u;

export const SECOND_ATTEMPT = { count: 1, condition: DEADLINE_PASSED };

export default class SecondAttempts implements Reporter {
  readonly #needed: string[] = [];
  #vitest: Vitest | null = null;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const missed = test.result().errors?.[0]?.message.split('\n', 1)[0] ?? '';
    this.#needed.push(`${test.module.relativeModuleId}: ${test.fullName}\n    ${missed}`);
  }

  onTestRunEnd(): void {
    if (this.#needed.length === 0) return;
    const list = this.#needed.join('\n  ');
    this.#vitest?.logger.log(`\nPassed at the second attempt, the first was late:\n  ${list}\n`);
  }
}
