/** A shelter whose power is cut between the tap and its fact: nobody is counted twice, and who was shown a ring is in the ledger. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { newMunicipalityKey } from '../../platform-sim/evacuation/sealed.ts';
import { CardMaker } from '../cards.ts';
import { Dice } from '../chaos/dice.ts';
import { durableFacts } from '../rig/durable-facts.ts';
import { launcher, Program } from '../rig/program.ts';

const TERMINAL = 'shelter-1';
/** From the touch to the fact it takes some thirty. */
const CUT_WITHIN_MS = 60;
const CUTS = 4;
const TEST_MS_MAX = 240_000;

async function shelterIn(directory: string): Promise<{ config: string; state: string }> {
  const state = join(directory, 'state');
  const key = join(directory, 'municipality.der');
  await writeFile(key, (await newMunicipalityKey('990029', Date.now())).certificate);
  const config = join(directory, 'shelter.toml');
  await writeFile(
    config,
    `profile = "shelter"
name = "${TERMINAL}"
state = ${JSON.stringify(state)}
[platform]
url = "ws://127.0.0.1:9/terminals"
[card]
driver = "simulated"
[services.evacuation-shelter]
shelter = "shiomi-elementary"
name = "汐見小学校 避難所"
capacity = 420
list = "evacuees-990029"
municipality-key = ${JSON.stringify(key)}
`,
  );
  return { config, state };
}

test(
  'killed between tap and fact, whoever was taken in is in the ledger, once, and whoever was not holds their card again',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kazasu-shelter-kill-'));
    const { config, state } = await shelterIn(directory);
    const running: Program[] = [];
    onTestFinished(async () => {
      await Promise.all(running.map((program) => program.killHard()));
      await rm(directory, { recursive: true, force: true });
    });
    const start = async (): Promise<Program> => {
      const program = new Program([launcher('kazasu'), 'run', '--config', config]);
      running.push(program);
      await program.next({ event: 'terminal.in-service' });
      await program.next({ event: 'device.ready', device: 'reader' });
      return program;
    };
    const hold = (card: CardDefinition) =>
      askControlSocket(join(state, 'sim-card.sock'), { do: 'hold', card });
    const arrivals = async () =>
      (await durableFacts(state, TERMINAL)).filter(({ event }) => event === 'shelter.arrived');

    const maker = await CardMaker.create();
    const dice = new Dice(20_161_122);
    let shelter = await start();
    for (let cut = 1; cut <= CUTS; cut += 1) {
      const { card } = await maker.card();
      await hold(card).catch(() => {});
      await pause(dice.next() * CUT_WITHIN_MS);
      await shelter.killHard();
      const shown = shelter.lines.count({ event: 'shelter.arrived' });
      const kept = (await arrivals()).length;
      // What was said had been kept; what was kept need not have been said any more.
      expect(kept - (cut - 1)).toBeGreaterThanOrEqual(shown);
      shelter = await start();
      if (kept < cut) {
        await hold(card);
        await shelter.next({ event: 'shelter.arrived' });
        await shelter.killHard();
        shelter = await start();
      }
    }
    const all = await arrivals();
    expect(all).toHaveLength(CUTS);
    expect(new Set(all.map(({ subject }) => subject)).size).toBe(CUTS);
    expect(await shelter.end()).toBe(0);
  },
  TEST_MS_MAX,
);
