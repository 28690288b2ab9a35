import type { Scenario } from '../stage.ts';

/** What is not prevented is played too, and says so. */
export const RELAYED_CARD: Scenario = {
  name: 'relayed-card',
  title: { ja: '中継されたカード(防げない)', en: 'A relayed card (not prevented)' },
  incident: {
    ja: '離れた所で誰かの鞄に読み取り機を近づけ、入口との間をつなぐと、本物のカードが答えます。',
    en: "A reader held to somebody's bag elsewhere is connected with the entrance: the real card answers.",
  },
  source: null,
  async play(stage) {
    const owner = await stage.guest('rusu-iemi');
    await stage.asking('possession', async () => {
      stage.step('家にある留守さんのカードを中継します', "Ms Rusu's card, at home, is relayed");
      const relayed = await stage.decision(stage.street.resident('nakatsugi-yuku'));
      stage.prove(
        relayed === 'granted',
        {
          ja: '防げない:入れてしまう。カードまでの距離は測れない',
          en: 'NOT prevented: it is admitted. Nothing measures how far away the card is',
        },
        relayed,
      );
      stage.step('あとから本人が来ます', 'Then she comes herself');
      const own = await stage.decision(owner);
      stage.prove(
        own === 'already-entered',
        {
          ja: '二重には入れず、いつどこで使われたかが係員に分かる',
          en: 'it is noticed then: nobody enters twice, and staff sees when and where it was used',
        },
        own,
      );
    });
  },
};
