import type { Scenario } from '../stage.ts';

export const FOREIGN_CARD: Scenario = {
  name: 'foreign-card',
  title: { ja: '知らないカードとスマートフォン', en: 'Foreign cards and phones' },
  incident: {
    ja: '知らないカードやスマートフォンがのると、プログラムごと落ちた。',
    en: 'An unknown card or a phone on the reader crashed the whole process.',
  },
  source: { ja: 'nfc-pcsc #154、OpenSC #3021', en: 'nfc-pcsc #154, OpenSC #3021' },
  async play(stage) {
    const since = stage.mark();
    stage.step('交通カードとスマートフォンをかざします', 'A transit card and a phone are held');
    const transit = await stage.decision(stage.street.resident('norikae-susumu'));
    const phone = await stage.decision(stage.street.resident('hayase-denwa'));
    stage.prove(
      transit === 'card-not-supported' && phone === 'phone-not-supported',
      { ja: 'どちらも、理由を言って断った', en: 'both are refused, with their reason' },
      [transit, phone],
    );
    stage.step(
      '名乗り方の違うカードをかざします',
      'A card with an answer to reset never seen before',
    );
    const guest = await stage.guest('nagihara-midori');
    const decision = await stage.decision(guest, { ...guest.card, atr: '3B8001' + '81' });
    stage.prove(
      decision === 'granted',
      {
        ja: '名乗り方が新しくても、中身で見分けた',
        en: 'a new ATR does not matter: content decides',
      },
      decision,
    );
    stage.prove(
      stage.lines(since, 'street.terminal-ended').length === 0,
      { ja: 'ゲートは一度も止まらなかった', en: 'the gate never stopped' },
      stage.lines(since, 'street.terminal-ended').length,
    );
  },
};
