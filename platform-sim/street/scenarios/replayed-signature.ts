import type { Scenario } from '../stage.ts';

export const REPLAYED_SIGNATURE: Scenario = {
  name: 'replayed-signature',
  title: { ja: '使い回された署名', en: 'A replayed signature' },
  incident: {
    ja: '本物のカードが前に作った署名を録っておき、写したカードからもう一度出します。',
    en: 'A signature that the real card once made was recorded, and a copied card gives it again.',
  },
  source: null,
  async play(stage) {
    const owner = await stage.guest('kazami-taro');
    const since = stage.mark();
    await stage.asking('possession', async () => {
      stage.step('録った署名を出すカード', 'A card that gives the recorded signature');
      const replayed = await stage.decision(stage.street.resident('rokuon-mawaru'));
      stage.prove(
        replayed === 'possession-not-proved' && stage.lines(since, 'entry.granted').length === 0,
        {
          ja: '毎回ちがう数に署名させるので、前の署名は役に立たない',
          en: 'each tap has a number of its own to sign: an old signature is worth nothing',
        },
        replayed,
      );
      stage.step('本人のカードをかざします', "The owner's card is held");
      const own = await stage.decision(owner);
      stage.prove(
        own === 'granted',
        { ja: '本人のカードは入れる', en: "the owner's card is admitted" },
        own,
      );
    });
  },
};
