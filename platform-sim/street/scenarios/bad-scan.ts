import type { CardFaults } from '../../../devices/card/sim-card-definition.ts';
import type { Scenario } from '../stage.ts';

/** What a broken, torn or hostile card may do. */
const BAD: readonly CardFaults[] = [
  { certificate: 'garbage' },
  { certificate: 'lying-length' },
  { certificate: 'oversized' },
  { emptyAfter: 3 },
  { muteAfter: 3 },
  { endless61: true },
  { readSurplus: 7 },
];
/** From the refusal of a bad card to the answer to a good one; the reader's own polling is in it. */
const BACK_MS_MAX = 10_000;

export const BAD_SCAN: Scenario = {
  name: 'bad-scan',
  title: { ja: '1枚の悪いカード', en: 'One bad scan' },
  incident: {
    ja: '1枚読みそこなうと読み取りが固まり、そのあと誰も受け付けられなかった。',
    en: 'One bad scan froze the scanner, and nobody after it could be checked in.',
  },
  source: { ja: 'Hi.Events #217', en: 'Hi.Events #217' },
  async play(stage) {
    const guest = await stage.guest('kazami-taro');
    const expected = ['granted', ...BAD.slice(1).map(() => 'already-entered')];
    const decisions: string[] = [];
    const bad: string[] = [];
    let slowest = 0;
    for (const [index, faults] of BAD.entries()) {
      stage.step(
        `こわれたカード ${index + 1} / ${BAD.length}`,
        `Broken card ${index + 1} of ${BAD.length}`,
      );
      const broken = stage.street.resident('sato-hanako');
      bad.push(await stage.decision(broken, { ...broken.card, faults }));
      const startedAt = performance.now();
      decisions.push(await stage.decision(guest));
      slowest = Math.max(slowest, performance.now() - startedAt);
    }
    stage.prove(
      bad.every((reason) => reason !== 'granted'),
      { ja: 'こわれたカードは、1枚も通さなかった', en: 'no broken card was admitted' },
      bad,
    );
    stage.prove(
      JSON.stringify(decisions) === JSON.stringify(expected),
      { ja: 'そのたびに、次の人をすぐ受け付けた', en: 'the next person was served each time' },
      decisions,
    );
    stage.prove(
      slowest < BACK_MS_MAX,
      { ja: '一度も固まらなかった', en: 'it never froze' },
      Math.round(slowest),
    );
  },
};
