import { EVACUATION, EvacuationStage } from '../evacuation-stage.ts';
import type { Scenario } from '../stage.ts';

const [FIRST, SECOND, THIRD] = ['tomoshino-makoto', 'tomoshino-yuko', 'sato-hanako'];

/** No incident: a day on which everything works but the network, so that one sees first how it is meant to be. */
export const EVACUATION_DAY: Scenario = {
  name: 'evacuation',
  title: { ja: '避難の1日', en: 'A day of evacuation' },
  incident: {
    ja: '役場が避難を呼びかけ、テレビが名前を呼び、避難所がカードで受け入れます。',
    en: 'The municipality raises an alert, the television calls by name, the shelter takes people in by their cards.',
  },
  source: null,
  needs: EVACUATION,
  async play(stage) {
    const day = await EvacuationStage.onANewDay(stage);
    await onTheTelevision(day);
    await atTheShelter(day);
    await withoutANetwork(day);
    await day.townHall.alert({ do: 'alert', is: 'all-clear' });
  },
};

async function onTheTelevision(day: EvacuationStage): Promise<void> {
  const { stage } = day;
  stage.step('2人の係員が避難指示を出します', 'Two clerks raise an alert of level 4');
  const { ms } = await day.raise(4);
  stage.prove(
    day.standings([day.called]) === 'unknown',
    {
      ja: `${ms}ミリ秒あとに、テレビに出た。まだだれの安否も分からない`,
      en: `on the television after ${ms} ms; nobody is accounted for yet`,
    },
    day.standings(),
  );
  stage.step('リモコンの青で「逃げます」', 'Blue on the remote control: "we are leaving"');
  const { ref, answer } = await day.answer('blue');
  await day.townSays(
    'the answer at the town hall',
    () => day.standings([day.called]) === 'leaving',
  );
  stage.prove(
    answer === 'leaving' && ref === day.townHall.refOf(FIRST),
    { ja: '役場では、その人が「避難中」になった', en: 'at the town hall this person is leaving' },
    { ref, answer },
  );
}

async function atTheShelter(day: EvacuationStage): Promise<void> {
  const { stage, townHall } = day;
  stage.step('避難所でカードをかざします', 'A card is held at the shelter');
  const begun = performance.now();
  await day.arrive(FIRST);
  await day.townSays('the arrival at the town hall', () => day.standings([day.called]) === 'safe');
  const ms = Math.round(performance.now() - begun);
  const { safe = 0 } = townHall.shown()?.counts ?? {};
  stage.prove(
    safe === 1,
    {
      ja: `${ms}ミリ秒あとに、役場の「避難済み」が1人になった`,
      en: `the municipality counts one person who is safe, ${ms} ms later`,
    },
    townHall.shown()?.counts,
  );
}

async function withoutANetwork(day: EvacuationStage): Promise<void> {
  const { stage, shelter } = day;
  const told = stage.street.platform.lastArrival;
  stage.step('避難所の通信が切れ、2人が来ます', 'No network at the shelter; two people come');
  await shelter.break('network-down');
  const flags = [];
  for (const who of [SECOND, THIRD]) flags.push((await day.arrive(who))['flags']);
  stage.prove(
    shelter.told(told).length === 0 && JSON.stringify(flags) === '[[],[]]',
    {
      ja: '通信なしで2人とも受け入れ、役場はまだ知らない',
      en: 'both are taken in without a network; the municipality knows nothing of it yet',
    },
    { told: shelter.told(told), flags },
  );
  stage.step('通信を戻します', 'The network comes back');
  await shelter.mend('network-down');
  await shelter.everythingArrived();
  const arrived = [SECOND, THIRD].map((who) => day.arrivalsOf(who, told).length);
  const came = [SECOND, THIRD].map((who) => stage.street.resident(who));
  await day.townSays('both at the town hall', () => day.standings(came) === 'safe,safe');
  stage.prove(
    arrived.join() === '1,1',
    { ja: '2人とも1回ずつ届き、避難済みになった', en: 'each arrived once, and both count as safe' },
    arrived,
  );
}
