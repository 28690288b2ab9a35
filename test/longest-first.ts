/** Which test file begins first. */

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They take longer than half a minute, the longest first. Vitest itself goes by size where nothing was run before, as in CI. */
const LONGEST = [
  'browser/every-screen.browser.test.ts',
  'browser/stories.browser.test.ts',
  'platform/command-line.test.ts',
  'street/scenarios.real.test.ts',
  'street.real.test.ts',
  'devices/card-reader.real.test.ts',
  'gate/reader.real.test.ts',
  'street/page.real.test.ts',
  'storm/two-machines.real.test.ts',
  'town/evacuation.real.test.ts',
  'town/evacuation.long.test.ts',
  'street/faults.long.test.ts',
  'street/scenarios.long.test.ts',
  'services/million.long.test.ts',
];

/** As vitest's own order, but a file that would be alone for minutes at the end of its project begins with it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const byProject = Map.groupBy(sorted, ({ project }) => project.name);
    return [...byProject.values()].flatMap((all) => all.toSorted((a, b) => rank(a) - rank(b)));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((path) => moduleId.endsWith(`/test/${path}`));
  return at < 0 ? LONGEST.length : at;
}
