import type { Scenario } from '../stage.ts';

export const CLONED_CARD: Scenario = {
  name: 'cloned-card',
  title: { ja: '写されたカード', en: 'A copied card' },
  incident: {
    ja: 'カードの証明書は誰でも読めます。写しを別のカードに入れると、読むだけの入口では見分けがつきません。',
    en: 'Anyone who held a card could read its certificate. On another card, an entrance that only reads it sees no difference.',
  },
  source: null,
  async play(stage) {
    const owner = await stage.guest('sato-hanako');
    const clone = stage.street.resident('utsushi-kagemi');
    await stage.asking('possession', async () => {
      stage.step('佐藤さんの証明書を写したカード', "A card with a copy of Ms Sato's certificate");
      const refused = await stage.decision(clone);
      stage.prove(
        refused === 'possession-not-proved',
        {
          ja: '鍵がないので、証明できず入れない',
          en: 'it lacks the key, proves nothing and is refused',
        },
        refused,
      );
      stage.step('佐藤さん本人のカード', "Ms Sato's own card");
      const own = await stage.decision(owner);
      stage.prove(
        own === 'granted',
        { ja: '本人のカードは入れる', en: 'her own card is admitted' },
        own,
      );
    });
    await stage.guest('sato-hanako');
    await stage.asking('identified', async () => {
      stage.step('読むだけのリストに替えます', 'The same with a list that only reads certificates');
      const admitted = await stage.decision(clone);
      stage.prove(
        admitted === 'granted',
        {
          ja: '読むだけなら、写しでも入れてしまう',
          en: 'where nothing is proved, the copy is admitted',
        },
        admitted,
      );
      const said = stage.street.platformShown().list;
      stage.prove(
        said?.assurance === 'identified',
        {
          ja: `一覧にも、そう書いてある:${said?.notStopped.ja ?? ''}`,
          en: `and the page of the list says so: ${said?.notStopped.en ?? ''}`,
        },
        said,
      );
    });
  },
};
