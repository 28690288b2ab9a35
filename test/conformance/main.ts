/**
 * `npm run conformance -- pkits FILE`: our own path validation against a published set of cases.
 * `npm run conformance -- revocation`: lists and OCSP answers of every kind, with OpenSSL's opinion.
 * One line on stdout for each case that is answered in another way than it should be, then a
 * summary. Exit code 0: none; 1: some; 2: no such set, or a file that is none.
 */

import { judgePkits, type PkitsCase, readPkits } from './pkits.ts';
import { runRevocationMatrix } from './revocation.ts';

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

async function runRevocation(): Promise<number> {
  const { cases, falseAccepts, falseRefusals, compared, differences } = await runRevocationMatrix();
  const unexplained = differences.filter(({ why }) => why === null);
  for (const wrong of [...falseAccepts, ...falseRefusals]) say(wrong);
  for (const { what } of unexplained) say(what);
  const deliberate = Map.groupBy(differences, ({ why }) => why);
  deliberate.delete(null);
  say(
    `${cases} cases: ${falseAccepts.length} wrongly accepted, ` +
      `${falseRefusals.length} wrongly refused or left open`,
  );
  say(
    `${compared} of them asked of OpenSSL: ${compared - differences.length} alike, ` +
      `${differences.length - unexplained.length} different on purpose, ${unexplained.length} otherwise`,
  );
  for (const [why, which] of deliberate) say(`  ${which.length}: ${why}`);
  return falseAccepts.length + falseRefusals.length + unexplained.length === 0 ? 0 : 1;
}

async function main([set, file, ...further]: readonly string[]): Promise<number> {
  if (set === 'revocation' && file === undefined) return runRevocation();
  if (set !== 'pkits' || file === undefined || further.length > 0)
    return fail('usage: npm run conformance -- pkits FILE | revocation');
  try {
    return run(await readPkits(file));
  } catch (error) {
    return fail(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

process.exitCode = await main(process.argv.slice(2));
