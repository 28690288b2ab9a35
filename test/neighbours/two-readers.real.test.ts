/** Two readers of one shelter, each a process of its own, without a list and after their platform has gone. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { newMunicipalityKey } from '../../platform-sim/evacuation/sealed.ts';
import { Heard } from '../../src/store/heard.ts';
import type { Line } from '../journal-lines.ts';
import { jsonLines, launcher, type Program, succeed } from '../rig/program.ts';
import { type Site, withSite } from '../rig/site.ts';
import { freePort, Wire } from './wire.ts';

interface Reader {
  readonly config: string;
  readonly state: string;
}

/** Enrolled at the site's platform. */
async function readerAt(site: Site, name: string, neighbours: string): Promise<Reader> {
  const state = join(site.directory, name);
  const config = join(site.directory, `${name}.toml`);
  const key = join(site.directory, 'municipality.der');
  const [url] = /wss:[^"]*/u.exec(await readFile(site.config, 'utf8')) ?? [];
  await writeFile(
    config,
    `profile = "shelter"
name = "${name}"
state = ${JSON.stringify(state)}
[platform]
url = "${url}"
[card]
driver = "simulated"
[services.evacuation-shelter]
shelter = "shiomi-elementary"
name = "汐見小学校 避難所"
capacity = 420
list = "evacuees-990029"
municipality-key = ${JSON.stringify(key)}
[neighbours]
${neighbours}
`,
  );
  const [added] = jsonLines(await site.platformCommand('terminal', 'add', name));
  const code = String(added?.['code']);
  await succeed([launcher('kazasu'), 'enrol', '--config', config, '--code', code]);
  return { config, state };
}

async function serving(site: Site, { config }: Reader): Promise<Program> {
  const program = await site.startCopy(config);
  await program.next({ event: 'terminal.in-service' });
  await program.next({ event: 'device.ready', device: 'reader' });
  return program;
}

/** Holds the card until the fact is said, and takes it away. */
async function held(
  program: Program,
  { state }: Reader,
  card: CardDefinition,
  event = 'shelter.arrived',
): Promise<Line> {
  const socket = join(state, 'sim-card.sock');
  const after = program.lines.all.length;
  await askControlSocket(socket, { do: 'hold', card });
  try {
    return await program.first((line) => line.event === event, after);
  } finally {
    await askControlSocket(socket, { do: 'remove' });
  }
}

/** Of a fact, in a journal and at the platform. */
function nameOf({ at, mark }: Line & { readonly mark?: unknown }, event: unknown): string {
  return `${event} ${at} ${mark}`;
}

/** Until a reader has heard a fact about everybody of them. */
async function knownAt({ state }: Reader, arrivals: readonly Line[]): Promise<void> {
  const heard = Heard.openBeside(state);
  if (heard === null) throw new Error('nothing was ever heard');
  try {
    for (const { mark } of arrivals as readonly (Line & { readonly mark?: string })[]) {
      while (heard.factsAbout(`mark/${mark}`).length === 0) await delay(5);
    }
  } finally {
    heard.close();
  }
}

test('a card that both took in is one person when they meet; killed, one catches up; the platform gets each fact once', () =>
  withSite({ tls: true }, async (site) => {
    const port = await freePort();
    const wire = await Wire.to(port);
    try {
      const municipality = await newMunicipalityKey('990029', Date.now());
      await writeFile(join(site.directory, 'municipality.der'), municipality.certificate);
      const [first, second] = await Promise.all([
        readerAt(site, 'shelter-1', `listen = "127.0.0.1:${port}"`),
        readerAt(site, 'shelter-2', `gates = ["127.0.0.1:${wire.port}"]`),
      ]);
      await site.platform.end();
      wire.cut();
      const [door, other] = await Promise.all([serving(site, first), serving(site, second)]);
      let gym = other;
      const cards = await Promise.all([1, 2, 3].map(async () => (await site.cards.card()).card));
      const [ken, yumi, hatsu] = cards as [CardDefinition, CardDefinition, CardDefinition];
      const arrivals = [await held(door, first, ken), await held(gym, second, ken)];
      expect(arrivals[0]?.['mark']).not.toBe(arrivals[1]?.['mark']);

      wire.mend();
      await Promise.all([door, gym].map((each) => each.next({ event: 'neighbour.marks-shared' })));
      await knownAt(second, arrivals.slice(0, 1));
      const undone = await held(gym, second, ken, 'shelter.undone');
      expect(undone).toMatchObject({ by: 'reader', why: 'same-card' });

      await gym.killHard();
      const missed = [await held(door, first, yumi), await held(door, first, hatsu)];
      gym = await serving(site, second);
      await knownAt(second, missed);

      await site.startPlatform();
      const told = [...arrivals, undone, ...missed].map((fact) => nameOf(fact, fact['event']));
      const atPlatform = async () =>
        (await site.facts())
          .filter(({ event }) => event.startsWith('shelter.'))
          .map((fact) => nameOf(fact, fact['event']))
          .sort();
      await expect.poll(atPlatform, { timeout: 60_000, interval: 500 }).toEqual(told.sort());
    } finally {
      await wire.close();
    }
  }));
