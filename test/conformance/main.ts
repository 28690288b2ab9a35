/**
 * `npm run conformance -- pkits FILE`: our own path validation against a published set of cases.
 * One line on stdout for each case that is answered in another way than the set says, then a
 * summary. Exit code 0: none; 1: some; 2: no such set, or a file that is none.
 */

import { judgePkits, type PkitsCase, readPkits } from './pkits.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const fail = (line: string) => {
  process.stderr.write(`${line}\n`);
  return 2;
};

function run(cases: readonly PkitsCase[]): number {
  const wrong = { accepted: 0, refused: 0 };
  for (const each of cases) {
    const verdict = judgePkits(each);
    if (verdict.valid === each.valid) continue;
    wrong[verdict.valid ? 'accepted' : 'refused'] += 1;
    say(`${each.title}: ${verdict.valid ? 'accepted' : `${verdict.fault}, ${verdict.detail}`}`);
  }
  const right = cases.length - wrong.accepted - wrong.refused;
  say(
    `${right} of ${cases.length} as they should be, ` +
      `${wrong.accepted} wrongly accepted, ${wrong.refused} wrongly refused`,
  );
  return right === cases.length ? 0 : 1;
}

async function main([set, file, ...further]: readonly string[]): Promise<number> {
  if (set !== 'pkits' || file === undefined || further.length > 0)
    return fail('usage: npm run conformance -- pkits FILE');
  try {
    return run(await readPkits(file));
  } catch (error) {
    return fail(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

process.exitCode = await main(process.argv.slice(2));
