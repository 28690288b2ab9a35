/** Lists at the end of a run what passed at its second attempt (patient-runner.ts), with what the first one missed. */

import type { Reporter, TestCase, Vitest } from 'vitest/node';

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
    this.#vitest?.logger.log(
      `\nPassed at the second attempt, the first was late or could not look:\n  ${list}\n`,
    );
  }
}
