import { mkdir } from 'node:fs/promises';
import { SHIOMI_CODE } from '../../evacuation/evacuee.ts';
import { runCommand } from '../child.ts';
import { EVACUATION, EvacuationStage } from '../evacuation-stage.ts';
import { SmallDisk } from '../small-disk.ts';
import { NotProvedError, type Scenario } from '../stage.ts';

const PLATFORM = 'platform-sim/main.ts';
const WEEKS_MS = 20 * 86_400_000;

export const NOTO: Scenario = {
  name: 'noto',
  title: { ja: '何週間も通信のない避難所', en: 'A shelter alone for weeks' },
  incident: {
    ja: '地震のあと、避難所に通信が届くまで約2週間かかり、名簿は紙で運ばれた。',
    en: 'After the earthquake it took about two weeks until shelters had a network; lists were carried on paper.',
  },
  source: { ja: '能登半島地震 2024', en: 'Noto 2024' },
  needs: EVACUATION,
  async play(stage) {
    if (!stage.street.place().canSkewClock) throw new NotProvedError('missing: faketime');
    const day = await EvacuationStage.onANewDay(stage);
    const { terminal } = day.shelter.place;
    try {
      const told = stage.street.platform.lastArrival;
      await weeksAlone(day, told);
      await withStick(day, () => carried(day, told));
      await networkAgain(day, told);
    } finally {
      await terminal.setClock('right');
    }
  },
};

async function weeksAlone(day: EvacuationStage, told: number): Promise<void> {
  const { stage, shelter } = day;
  stage.step('通信が切れたまま、3週間がたちます', 'The network is gone, and three weeks go by');
  await shelter.break('network-down');
  const since = shelter.mark();
  await shelter.place.terminal.setClock('weeks');
  await shelter.servesAgain(since);
  const flags = new Set<unknown>();
  let latest = 0;
  for (const { person } of day.family) {
    const line = await day.arrive(person.id);
    for (const flag of line['flags'] as readonly unknown[]) flags.add(flag);
    latest = Date.parse(String(line['at']));
  }
  stage.prove(
    shelter.told(told).length === 0 && latest - Date.now() > WEEKS_MS,
    {
      ja: `3週間後も、3人とも受け入れた（印: ${[...flags].join('、')}）。役場は知らない`,
      en: `three weeks later all three are taken in (flagged: ${[...flags].join(', ')}); the municipality knows nothing`,
    },
    { told: shelter.told(told), latest },
  );
}

/** Puts a stick in that the municipality has prepared, as long as `story` goes on. */
async function withStick(day: EvacuationStage, story: () => Promise<void>): Promise<void> {
  const { stick } = day.shelter.place;
  const since = day.shelter.mark();
  await mkdir(stick, { recursive: true });
  if ((await SmallDisk.mount(stick)) === null) throw new NotProvedError('needs root');
  try {
    await atTheTown(day, 'prepare', []);
    await day.shelter.line('stick.written', since, 'the stick with the facts');
    await story();
  } finally {
    await SmallDisk.unmount(stick);
  }
}

async function carried(day: EvacuationStage, told: number): Promise<void> {
  const { stage, townHall } = day;
  stage.step('USBメモリーで役場へ運びます', 'A USB stick is carried to the town hall');
  const decided = ['--by', 'street', '--why', 'no network for weeks'];
  await atTheTown(day, 'import', decided);
  await day.townSays('all three by stick', () => day.standings() === 'safe,safe,safe');
  await atTheTown(day, 'import', decided);
  const once = day.family.map(({ person }) => day.arrivalsOf(person.id, told).length);
  stage.prove(
    once.join() === '1,1,1',
    {
      ja: '3人が避難済みになった。同じものを2度読んでも、1回ずつ',
      en: 'all three count as safe; read twice, each is there once',
    },
    { once, counts: townHall.shown()?.counts },
  );
}

async function networkAgain(day: EvacuationStage, told: number): Promise<void> {
  const { stage, shelter, townHall } = day;
  stage.step('通信が戻ります', 'The network comes back');
  const since = shelter.mark();
  await shelter.mend('network-down');
  const { offsetMs } = await shelter.line('clock.corrected', since, 'the right time');
  await shelter.line('link.up', since, 'the network');
  await townHall.look();
  const once = day.family.map(({ person }) => day.arrivalsOf(person.id, told).length);
  const { safe = 0 } = townHall.shown()?.counts ?? {};
  stage.prove(
    once.join() === '1,1,1' && safe === 3,
    {
      ja: `時計のずれ（${daysOf(offsetMs)}日）が分かり、同じ記録は通信でも届いて、数えるのは1回ずつ`,
      en: `the clock is found ${daysOf(offsetMs)} days wrong; the same facts came by the network, too, and count once`,
    },
    { once, safe },
  );
}

function daysOf(ms: unknown): number {
  return Math.round(Math.abs(Number(ms)) / 86_400_000);
}

function atTheTown({ shelter, townHall }: EvacuationStage, what: string, more: readonly string[]) {
  const folder = ['--state', townHall.state, '--municipality', SHIOMI_CODE];
  return runCommand(PLATFORM, ['stick', what, shelter.place.stick, ...folder, ...more]);
}
