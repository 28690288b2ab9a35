import type { Scenario } from '../stage.ts';

export const SAME_SECOND: Scenario = {
  name: 'same-second',
  title: { ja: '同じ券を続けて2回', en: 'The same ticket twice at once' },
  incident: {
    ja: '返事を待ちきれずにもう一度読ませると、二重に受け付けられた。',
    en: 'A retry after a slow answer was taken for another visit.',
  },
  source: { ja: '川崎 2023、libpretixsync', en: 'Kawasaki 2023, libpretixsync' },
  async play(stage) {
    const guest = await stage.guest('futada-kae');
    await stage.everythingArrived();
    const told = stage.street.platform.lastArrival;
    const doubles = stage.street.platform.doubles;
    const since = stage.mark();
    stage.step('離してすぐ、もう一度かざします', 'Held, let go, and held again at once');
    const first = await stage.decision(guest);
    const second = await stage.decision(guest);
    const third = await stage.decision(guest);
    stage.prove(
      first === 'granted' && second === 'already-entered' && third === 'already-entered',
      {
        ja: '1回目だけ入れて、あとは入場済み',
        en: 'the first is admitted, the others are told when',
      },
      [first, second, third],
    );
    await stage.everythingArrived();
    const entries = stage.told(told).filter(({ event }) => event === 'entry.granted').length;
    stage.prove(
      entries === 1 && stage.street.platform.doubles === doubles,
      { ja: 'センターの入場は1回、二重入場は0', en: 'one entry at the platform, no double entry' },
      { entries, doubles: stage.street.platform.doubles - doubles },
    );
    stage.prove(
      stage.lines(since, 'print.done').length === 1,
      { ja: '座席券も1枚', en: 'and one paper' },
      stage.lines(since, 'print.done').length,
    );
  },
};
