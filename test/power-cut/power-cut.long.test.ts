/** As many lives and power cuts as fit in the time, each with a seed of its own. `KAZASU_SEED=1234` replays one life. */

import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compileRecorder, record } from './recording.ts';
import { cutsOf, replay } from './replay.ts';

const SECONDS = Number(process.env['KAZASU_POWER_CUT_SECONDS'] ?? 80);
const ROUNDS = '60';
const CUTS_OF_LIFE = 60;

test('lives of a terminal, cut off anywhere, again and again', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'kazasu-power-cut-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const library = join(scratch, 'recorder.so');
  compileRecorder(library);
  const replayed = process.env['KAZASU_SEED'];
  const end = performance.now() + SECONDS * 1_000;
  const seeds: number[] = [];
  let cutsDone = 0;
  do {
    const seed = replayed === undefined ? randomInt(2 ** 31) : Number(replayed);
    const place = join(scratch, String(seed));
    const life = await record(library, place, 'story.ts', [String(seed), ROUNDS]);
    const cuts = cutsOf(life.operations, CUTS_OF_LIFE, seed);
    const { found, done } = await replay(life, cuts, join(place, 'cuts'), end);
    expect(found, `seed ${seed}`).toEqual([]);
    rmSync(place, { recursive: true, force: true });
    seeds.push(seed);
    cutsDone += done;
  } while (performance.now() < end && replayed === undefined);
  process.stdout.write(`${cutsDone} power cuts in lives ${seeds.join(', ')}: nothing was lost\n`);
});
