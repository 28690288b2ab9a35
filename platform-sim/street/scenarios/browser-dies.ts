import { openScreenBrowser } from '../screen-browser.ts';
import type { Scenario, Stage } from '../stage.ts';

const BACK_MS_MAX = 2_000;
const WELCOMES: readonly string[] = ['welcome', 'receipt-owed'];

export const BROWSER_DIES: Scenario = {
  name: 'browser-dies',
  title: { ja: '落ちたブラウザー', en: 'A browser that dies' },
  incident: {
    ja: '画面のブラウザーが落ちる、または通信を待って、何も映らないままになった。',
    en: 'The kiosk browser died, or waited for the internet, and the screen stayed blank.',
  },
  source: { ja: 'FullPageOS #263、#470', en: 'FullPageOS #263, #470' },
  async play(stage) {
    const guest = await stage.guest('tomoshino-makoto');
    stage.step('通信を切り、カードをのせておきます', 'No network, and a card stays on the reader');
    await stage.break('network-down');
    const since = stage.mark();
    await stage.place.hold(guest);
    await stage.line('print.done', since);
    stage.step('画面のブラウザーを落とします', "The screen's browser dies");
    const ms = stage.place.terminal.health.levels.hasBrowser
      ? await whoeverLooksOn(stage)
      : await aBrowserOfOurs(stage);
    stage.prove(
      ms < BACK_MS_MAX,
      { ja: '2秒たたずに、画面が戻った', en: 'the screen was back in under two seconds' },
      Math.round(ms),
    );
    await stage.place.hands.remove();
    const granted = stage.lines(since, 'entry.granted').length;
    stage.prove(
      granted === 1 && stage.lines(since, 'street.terminal-ended').length === 0,
      { ja: '入場も印刷も、その間とまらなかった', en: 'entry and paper never waited for it' },
      granted,
    );
  },
};

/** The pages that look on load the screen anew. */
async function whoeverLooksOn(stage: Stage): Promise<number> {
  const since = stage.mark();
  stage.place.reloadScreens();
  const [gone, back] = await Promise.all([
    stage.line('screen.disconnected', since),
    stage.line('screen.connected', since),
  ]);
  return Date.parse(String(back['at'])) - Date.parse(String(gone['at']));
}

async function aBrowserOfOurs(stage: Stage): Promise<number> {
  const url = stage.place.screenUrl;
  const first = await openScreenBrowser(url);
  first.die();
  const diedAt = performance.now();
  const second = await openScreenBrowser(url);
  const ms = performance.now() - diedAt;
  second.die();
  stage.prove(
    WELCOMES.includes(first.screen.screen) && second.screen.screen === first.screen.screen,
    { ja: '落ちる前と同じ画面が出た', en: 'it shows what it showed before' },
    [first.screen.screen, second.screen.screen],
  );
  return ms;
}
