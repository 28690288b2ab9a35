import type { Scenario } from '../stage.ts';
import { decisionOf } from '../terminal-health.ts';

export const CARD_PULLED: Scenario = {
  name: 'card-pulled',
  title: { ja: '早く離したカード', en: 'A card pulled midway' },
  incident: {
    ja: 'カードが途中で離れただけなのに、暗証番号ちがいにされて回数が減った。',
    en: 'A card that left midway counted as a wrong PIN, and a try was burned.',
  },
  source: { ja: 'status #7887、窓口の端末', en: 'status #7887, a municipal kiosk' },
  async play(stage) {
    const guest = await stage.guest('sato-hanako');
    const since = stage.mark();
    stage.step('途中でカードを引きぬきます', 'The card is pulled midway');
    await stage.break('card-pulled');
    const { answer } = await stage.tap(guest);
    const facts = stage.lines(since).filter(({ seq }) => typeof seq === 'number');
    stage.prove(
      decisionOf(answer) === 'card-removed' && facts.length === 0,
      {
        ja: '「もう一度かざして」と言い、何も記録しない',
        en: 'asked to hold again; nothing is recorded',
      },
      { decision: decisionOf(answer), facts: facts.length },
    );
    stage.step('もう一度かざします', 'Held again');
    const again = await stage.decision(guest);
    stage.prove(
      again === 'granted',
      { ja: '2回目で入れた', en: 'the second time it is admitted' },
      again,
    );
  },
};
