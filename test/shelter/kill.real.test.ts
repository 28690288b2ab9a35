/** A shelter whose power is cut between the tap and its fact: nobody is counted twice, and who was shown a ring is in the ledger. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { CardMaker } from '../cards.ts';
import { Dice } from '../chaos/dice.ts';
import type { Line } from '../journal-lines.ts';
import { durableFacts } from '../rig/durable-facts.ts';
import { launcher, Program } from '../rig/program.ts';
import { shelterConfig } from '../rig/shelter-config.ts';

const TERMINAL = 'shelter-1';
const NO_PLATFORM = 'ws://127.0.0.1:9/terminals';
/** From the touch to the fact it takes some thirty. */
const CUT_WITHIN_MS = 60;
const CUTS = 4;
const TEST_MS_MAX = 240_000;

const isArrival = ({ event }: Pick<Line, 'event'>): boolean => event === 'shelter.arrived';

test(
  'killed between tap and fact, whoever was taken in is in the ledger, once, and whoever was not holds their card again',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kazasu-shelter-kill-'));
    const { config, state } = await shelterConfig({ directory, name: TERMINAL, url: NO_PLATFORM });
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
    const arrivals = async () => (await durableFacts(state, TERMINAL)).filter(isArrival);

    const maker = await CardMaker.create();
    const dice = new Dice(20_161_122);
    let shelter = await start();
    for (let cut = 1; cut <= CUTS; cut += 1) {
      const { card } = await maker.card();
      await hold(card).catch(() => {});
      await pause(dice.next() * CUT_WITHIN_MS);
      await shelter.killHard();
      const said = shelter.lines.all.filter(isArrival).map(({ seq }) => seq);
      const kept = (await arrivals()).map(({ seq }) => seq);
      // What was said had been kept; what was kept need not have been said any more.
      expect(kept).toEqual(expect.arrayContaining(said));
      shelter = await start();
      if (kept.length < cut) {
        await hold(card);
        // A start says once more what was kept right before the cut.
        await shelter.first((line) => isArrival(line) && !kept.includes(Number(line['seq'])));
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
