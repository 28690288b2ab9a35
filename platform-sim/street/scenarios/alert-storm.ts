import type { Worded } from '../../../src/domain/alert.ts';
import type { Screen } from '../../../src/domain/screen.ts';
import type { AlertEntry } from '../../alerts/alert-desk.ts';
import { EVACUATION, EvacuationStage } from '../evacuation-stage.ts';
import { lagsWhile } from '../screen-lag.ts';
import type { Scenario } from '../stage.ts';

type AlertScreen = Extract<Screen, { screen: 'tv-alert' }>;

const LEVELS: readonly AlertEntry['level'][] = [3, 4, 3, 5, 4, 3, 4, 3];
const REPORTS = 10_000;
const DRAWN_MS_MAX = 5_000;
const LAG_MS_MAX = 3_000;
const SHOWN_MS_MAX = 30_000;
/** A second is meant; a machine on which everything of a street runs takes longer. */
const UNDER_WAY_MS_MAX = 5_000;
/** The screen on which it was pressed may have been gone. */
const PRESS_AGAIN_MS = 1_000;
const GUEST = 'futada-kae';

export const ALERT_STORM: Scenario = {
  name: 'alert-storm',
  title: { ja: '呼びかけが一度にいくつも', en: 'An alert storm' },
  incident: {
    ja: '大雨の夜、短い間にいくつもの呼びかけが出て、いちばん大事なものが埋もれる。',
    en: 'In a night of rain many alerts come within minutes, and the one that matters is buried.',
  },
  source: null,
  needs: EVACUATION,
  async play(stage) {
    const day = await EvacuationStage.onANewDay(stage);
    const { tv, townHall } = day;
    const since = tv.mark();
    stage.step(
      `${LEVELS.length}つの呼びかけを続けて出します`,
      `${LEVELS.length} alerts, one upon the other`,
    );
    const { drawnMs, answeredMs, lags } = await storm(day);
    const lateMs = Math.max(...lags);
    await stage.until('every alert at the television', () => {
      return tv.lines(since, 'alert.taken').length >= LEVELS.length;
    });
    const levels = await levelsInOrder(day);
    stage.prove(
      drawnMs < DRAWN_MS_MAX && levels.join() === LEVELS.toSorted((a, b) => b - a).join(),
      {
        ja: `いちばん重いものが先（${levels.join('、')}）。最後の呼びかけから${drawnMs}ミリ秒`,
        en: `the most severe is first (${levels.join(', ')}), ${drawnMs} ms after the last was sent`,
      },
      { drawnMs, levels },
    );
    stage.prove(
      lateMs < UNDER_WAY_MS_MAX && answeredMs < UNDER_WAY_MS_MAX,
      {
        ja: `そのあいだ、画面とリモコンは遅くても${lateMs}ミリ秒で応じ（${lags.length}回）、「逃げます」は${answeredMs}ミリ秒で残った`,
        en: `while they came, screen and remote control took ${lateMs} ms at most (${lags.length} keys), and "we are leaving" was kept within ${answeredMs} ms`,
      },
      { lags, answeredMs },
    );
    await flood(day);
    const called = [day.called];
    await day.townSays('the call for help', () => day.standings(called) === 'help');
    const { help = 0, safe = 0 } = townHall.shown()?.counts ?? {};
    stage.prove(
      help === 1 && safe === 1,
      {
        ja: '役場には、助けが必要な人が1人、避難済みが1人',
        en: 'the municipality sees one person who needs help, and one who is safe',
      },
      townHall.shown()?.counts,
    );
    await townHall.alert({ do: 'alert', is: 'all-clear' });
  },
};

/** All of them, while keys are pressed and somebody answers the first one. */
async function storm(day: EvacuationStage) {
  const { tv, townHall } = day;
  const since = tv.mark();
  const raiseAll = async (): Promise<number> => {
    const raised: AlertEntry[] = [];
    for (const [at, level] of LEVELS.entries()) {
      raised.push(await townHall.raise({ level, what: wordsOf(at + 1) }));
    }
    const worst = raised.find(({ level }) => level === Math.max(...LEVELS));
    if (worst === undefined) throw new Error('no alert was raised');
    const begun = performance.now();
    await day.drawn(worst, since);
    return Math.round(performance.now() - begun);
  };
  let [answeredMs, drawnMs] = [Number.NaN, Number.NaN];
  const lags = await lagsWhile(tv.place, 'screen-and-remote', async (browser) => {
    const isCalled = (screen: Screen): boolean =>
      screen.screen === 'tv-alert' && screen.alert.state === 'active' && screen.chosen !== null;
    const answering = browser.until(isCalled, SHOWN_MS_MAX).then(() => answer(day));
    [answeredMs, drawnMs] = await Promise.all([answering, raiseAll()]);
  });
  return { drawnMs, answeredMs, lags };
}

/** Of the remote control; and what somebody presses then still counts. */
async function flood(day: EvacuationStage): Promise<void> {
  const { stage, tv } = day;
  stage.step(
    `リモコンから${REPORTS}の信号、同時に避難所では受付`,
    `${REPORTS} reports of the remote control, while somebody comes to the shelter`,
  );
  const [flooded] = await Promise.all([
    lagsWhile(tv.place, 'screen', async () => tv.place.television?.flood(REPORTS)),
    day.arrive(GUEST),
  ]);
  const floodedMs = Math.max(...flooded);
  stage.prove(
    floodedMs < UNDER_WAY_MS_MAX,
    {
      ja: `そのあいだ、画面は遅くても${floodedMs}ミリ秒で応じた`,
      en: `meanwhile the screen took ${floodedMs} ms at most`,
    },
    flooded,
  );
  const asked = performance.now();
  await day.answer('red');
  const lagMs = Math.round(performance.now() - asked);
  stage.prove(
    lagMs < LAG_MS_MAX,
    {
      ja: `そのあとの「助けが必要」は、${lagMs}ミリ秒で残った`,
      en: `the answer "we need help" after that is kept within ${lagMs} ms`,
    },
    lagMs,
  );
}

/** Resolves with how long it took until the answer was kept, in ms. */
async function answer(day: EvacuationStage): Promise<number> {
  const begun = performance.now();
  const press = () => void day.tv.place.television?.press('blue').catch(() => undefined);
  const again = setInterval(press, PRESS_AGAIN_MS);
  await day.answer('blue').finally(() => clearInterval(again));
  return Math.round(performance.now() - begun);
}

/** Each says something else. */
function wordsOf(number: number): Worded {
  const ja = `大雨の知らせ ${number}`;
  return { ja, 'ja-simple': ja, en: `Rain, message ${number}` };
}

/** As somebody sees them who presses the key for the next one. */
function levelsInOrder({ tv }: EvacuationStage): Promise<number[]> {
  return tv.place.atScreen(async (browser) => {
    const levels: number[] = [];
    let before: string | null = null;
    for (let left = LEVELS.length; left > 0; left -= 1) {
      const isNext = (screen: Screen): screen is AlertScreen =>
        screen.screen === 'tv-alert' && screen.alert.what.ja !== before;
      const { alert } = (await browser.until(isNext, LAG_MS_MAX)) as AlertScreen;
      levels.push(alert.level);
      before = alert.what.ja;
      if (left > 1) browser.press({ key: 'more' });
    }
    return levels;
  });
}
