/**
 * An enrolled gate and its platform as processes on two machines, with a cable between them and a box in the middle that does
 * what boxes do. Real TCP, real TLS, real time. Needs root for the network namespaces.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Line, Wanted } from '../journal-lines.ts';
import type { Program } from '../rig/program.ts';
import { type Site, withSite } from '../rig/site.ts';
import { type Box, type Faults, TwoMachines } from './two-machines.ts';

const TICKETS = 4;
/** Half a minute where nothing else runs. */
const TEST_MS_MAX = 400_000;

interface Story {
  readonly site: Site;
  readonly machines: TwoMachines<'gate' | 'platform'>;
  /** Before the platform. */
  readonly box: Box;
  readonly gate: Program;
}

async function onTwoMachines(tell: (story: Story) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-machines-'));
  const machines = await TwoMachines.build(folder, ['gate', 'platform']);
  const platformWithin = machines.on('platform');
  try {
    await withSite({ tickets: TICKETS, tls: true, platformWithin }, async (site) => {
      const box = await machines.connect('gate', site.securePort);
      const within = machines.on('gate');
      await site.enrol({ within });
      const gate = await site.openGate({ within });
      await tell({ site, machines, box, gate });
      expect(await gate.end()).toBe(0);
    });
  } finally {
    await machines.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A line of the gate that comes after what it has said until now. */
function next(gate: Program, wanted: Wanted): Promise<Line> {
  return gate.next(wanted, gate.lines.all.length);
}

/** So many answers at the gate, with the papers that belong to them: some facts each. */
async function people(site: Site, count: number): Promise<void> {
  const { gate } = site;
  for (let n = 0; n < count; n += 1) {
    const after = gate.lines.all.length;
    const { event } = await site.tap(site.cardOf(`T-${(n % TICKETS) + 1}`));
    if (event === 'entry.granted') await gate.next({ event: 'print.done' }, after);
  }
}

/** Nothing of the gate waits any more, and the platform has each of its facts once, in order. */
async function allIsTold({ site, gate }: Story): Promise<void> {
  const facts = gate.lines.all.filter(({ seq }) => seq !== undefined);
  const upto = Number(facts.at(-1)?.['seq']);
  await gate.next({ event: 'facts.acknowledged', upto, waiting: 0 });
  const told = (await site.facts()).filter(({ terminal }) => terminal === 'gate-1');
  expect(told.map(({ seq, event }) => [seq, event])).toEqual(
    facts.map(({ event }, n) => [n + 1, event]),
  );
}

/** The cable is out while people go in. */
async function unplugged(story: Story): Promise<void> {
  const { site, machines, gate } = story;
  const { platform } = site;
  const [down, silent] = [next(gate, { event: 'link.down' }), platform.lines.all.length];
  machines.plug(false);
  await people(site, 3);
  expect(await down).toMatchObject({ reason: 'silent (4008)' });
  const closed = await platform.next({ event: 'terminal.closed' }, silent);
  expect(closed).toMatchObject({ terminal: 'gate-1', code: 1006 });
  machines.plug(true);
  await allIsTold(story);
}

/** One direction dies, and no end of the connection is told. Whoever hears nothing ends it. */
async function halfOpen(
  way: 'up' | 'down',
  faults: Faults,
  { site, box, gate, count }: Story & { readonly count: number },
): Promise<void> {
  const { platform } = site;
  const [down, before] = [next(gate, { event: 'link.down' }), platform.lines.all.length];
  await box.set({ hole: { [way]: true } });
  await people(site, count);
  // A hole downwards the gate notices; one upwards the platform does, whose goodbye arrives.
  expect(await down).toMatchObject({ reason: 'silent (4008)' });
  await platform.next({ event: 'terminal.closed' }, before);
  await box.set({ hole: { up: false, down: false }, ...faults });
}

/** What waited goes up over a long way, and is reset beyond handshake and hello, in the first frame of facts. */
const LONG_AND_RESET: Faults = { delayMs: 150, resetAfter: 6_500 };

test(
  'cable out, half-open either way, 300 ms of round trip, reset within a batch: both sides notice, and each fact is told once',
  () =>
    onTwoMachines(async (story) => {
      const { site, box, gate } = story;
      await people(site, 1);
      await allIsTold(story);
      await unplugged(story);
      await halfOpen('up', {}, { ...story, count: 1 });
      await allIsTold(story);
      const broken = next(gate, { event: 'link.down', reason: 'broken' });
      await halfOpen('down', LONG_AND_RESET, { ...story, count: 8 });
      await broken;
      await allIsTold(story);
      expect(await box.set({})).toBe(1);
    }),
  TEST_MS_MAX,
);
