import type { Scenario } from '../stage.ts';

export const PREVIOUS_VISITOR: Scenario = {
  name: 'previous-visitor',
  title: { ja: '前の人の答え', en: "The previous person's answer" },
  incident: {
    ja: '遅れて着いた前の人の処理が次の人に渡り、別人の証明書が出た。',
    en: 'A late answer for one person reached the next: papers of somebody else came out.',
  },
  source: { ja: '横浜 2023、宗像 2023', en: 'Yokohama 2023, Munakata 2023' },
  async play(stage) {
    const first = await stage.guest('nagihara-midori');
    const second = await stage.guest('futada-kae');
    const since = stage.mark();
    stage.step(
      '読み取りの途中で、次の人に入れかわります',
      'The next person takes over mid-reading',
    );
    await stage.holdUntilRead(first);
    const { answer, paper } = await stage.tap(second);
    const granted = stage.lines(since, 'entry.granted').map(({ ticket }) => ticket);
    stage.prove(
      answer['event'] === 'entry.granted' && granted.join() === second.person.ticket?.ticket,
      {
        ja: '入場したのは、いまのせている人だけ',
        en: 'only the one who holds the card now entered',
      },
      granted,
    );
    stage.prove(
      paper?.text.includes('G列 9番') === true,
      { ja: '出た券も、その人の席', en: 'and the paper names that person’s own seat' },
      paper?.text,
    );
  },
};
