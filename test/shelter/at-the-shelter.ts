/** A shelter for stories: a terminal with its reader, and the key of its municipality. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import {
  type MunicipalityKey,
  newMunicipalityKey,
  openSealed,
} from '../../platform-sim/evacuation/sealed.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { openLedger } from '../../src/state-folder.ts';
import type { CardMaker } from '../cards.ts';
import type { Line } from '../journal-lines.ts';
import { type Given, LIST, type Ticket, type World, withTerminal } from '../terminal.ts';

let key: Promise<MunicipalityKey> | null = null;

export interface Shelter extends World {
  /** Holds the card until its fact is durable, and takes it away. */
  readonly arrive: (card: CardDefinition, event?: string) => Promise<Line>;
  /** All facts of the ledger, as another process reads them. */
  readonly facts: () => Fact[];
  /** What was sealed to the municipality in this fact. */
  readonly opened: (fact: Fact | undefined) => Record<string, unknown>;
  readonly waiting: (wanted?: Partial<Screen>) => Promise<Screen>;
}

export interface ShelterGiven extends Omit<Given, 'kind' | 'tables'> {
  readonly capacity?: number;
  readonly tables?: string;
}

/** Two of one household, and one of another. */
export async function households(
  cards: CardMaker,
): Promise<Record<'ken' | 'yumi' | 'hatsu', Ticket>> {
  const [ken, yumi, hatsu] = [await cards.card(), await cards.card(), await cards.card()];
  return {
    ken: { card: ken, ticket: '1001', seat: 'kawara', holder: '小川 健太', party: 'h-1' },
    yumi: { card: yumi, ticket: '1002', seat: 'kawara', holder: '小川 由美', party: 'h-1' },
    hatsu: { card: hatsu, ticket: '1003', seat: 'minato', holder: '森川 ハツ', party: 'h-2' },
  };
}

export async function atTheShelter(
  given: ShelterGiven,
  story: (shelter: Shelter) => Promise<void>,
): Promise<void> {
  key ??= newMunicipalityKey('990029', Date.now());
  const municipality = await key;
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-shelter-'));
  const file = join(folder, 'municipality.der');
  await writeFile(file, municipality.certificate);
  const { capacity = 20, tables = '', ...rest } = given;
  const configured = `[services.evacuation-shelter]
shelter = "shiomi-elementary"
name = "汐見小学校 避難所"
capacity = ${capacity}
list = "${LIST}"
municipality-key = ${JSON.stringify(file)}
${tables}`;
  try {
    await withTerminal({ ...rest, kind: 'shelter', configured }, async (world) => {
      await world.journal.next({ event: 'terminal.in-service' });
      if (given.tickets !== undefined) await world.journal.next({ event: 'list.activated' });
      await story(shelterOf(world, municipality));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function shelterOf(world: World, { key: own }: MunicipalityKey): Shelter {
  const arrive = async (card: CardDefinition, event = 'shelter.arrived'): Promise<Line> => {
    const before = world.journal.all.length;
    await world.hold(card);
    const line = await world.journal.next({ event }, before);
    await world.remove();
    return line;
  };
  const facts = (): Fact[] => {
    const { ledger, clock } = openLedger(world.config, { countsAsBoot: false });
    const all = [...ledger.facts(0)];
    ledger.close();
    clock.close();
    return all;
  };
  const opened = (fact: Fact | undefined): Record<string, unknown> =>
    JSON.parse(openSealed(String(fact?.body['sealed']), own).toString('utf8'));
  const waiting = (wanted: Partial<Screen> = {}) =>
    world.screen({ screen: 'shelter-waiting', ...wanted } as Partial<Screen>);
  return Object.assign(world, { arrive, facts, opened, waiting });
}
