import { FALSE_ALERTS } from '../alert-books.ts';
import { EVACUATION, EvacuationStage } from '../evacuation-stage.ts';
import type { Scenario } from '../stage.ts';

/** As the journal has them. The one that is over is known, and stays over: it comes with every welcome. */
const REASONS = ['foreign', 'bad-signature', 'expired'] as const;

export const WRONG_TOWN_ALERT: Scenario = {
  name: 'wrong-town-alert',
  title: { ja: 'よその町の呼びかけ', en: 'An alert of the wrong town' },
  incident: {
    ja: 'よその町の呼びかけ、書きかえた呼びかけ、きのうの呼びかけ、終わった呼びかけが届いたら。',
    en: "An alert of another town, one that was changed, yesterday's, and one that is over come in.",
  },
  source: null,
  needs: EVACUATION,
  async play(stage) {
    const day = await EvacuationStage.onANewDay(stage);
    const { tv, townHall } = day;
    const ended = await day.raise(4);
    await townHall.alert({ do: 'alert', is: 'all-clear' });
    stage.step('テレビの箱を入れ直します', "The television's box begins anew");
    const killed = tv.mark();
    await tv.place.terminal.kill();
    await tv.servesAgain(killed);
    stage.step(
      '本部のディスクに、にせの呼びかけを4つ書きこみます',
      "Four false alerts are written to the platform's own disk, and told",
    );
    const since = tv.mark();
    for (const how of FALSE_ALERTS) await townHall.books.smuggle(how, ended.id);
    const lines = await Promise.all(REASONS.map((reason) => rejected(day, since, reason)));
    stage.prove(
      lines.every(({ untold }) => untold === undefined),
      {
        ja: 'よその町、書きかえ、期限切れの3つは信じず、なぜかを記録した',
        en: `three were not believed, each in the journal with its reason: ${REASONS.join(', ')}`,
      },
      lines,
    );
    stage.step('本物の呼びかけを出します', 'A genuine alert is raised');
    const genuine = await day.raise(3);
    const { alert } = await day.shown();
    const drawn = tv.lines(since, 'alert.shown').map((line) => line['alert']);
    stage.prove(
      alert.level === 3 && drawn.join() === genuine.alert,
      {
        ja: '画面に出たのは、本物の1つだけ。終わった呼びかけも、戻らなかった',
        en: 'the genuine one is on the screen and no other was; the one that is over did not come back',
      },
      { level: alert.level, drawn },
    );
    await townHall.alert({ do: 'alert', is: 'all-clear' });
  },
};

function rejected({ tv }: EvacuationStage, since: number, reason: string) {
  return tv.place.terminal.journal.next(
    (line) => line['event'] === 'alert.rejected' && line['reason'] === reason,
    { since, limitMs: 60_000, what: `the alert that is ${reason}` },
  );
}
