import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { KioskVisitor } from '../kiosk-visitor.ts';
import type { Paper } from '../receipt-stack.ts';
import type { Scenario, Stage } from '../stage.ts';

const [HERE, THERE] = ['sato-hanako', 'kazami-taro'];
const ROUNDS = 2;
/** Of each round: a card that is not read in time, as on a machine that is busy, ends its order before the centre hears of it. */
const TRIES = 3;
const WISH = { ...RESIDENT_RECORD, means: 'e-money' } as const;
const DIGITS = 4;

/**
 * Both type their PIN and wait for each other before the last key. Resolves with how many ms lay between them at the centre;
 * null: not both came that far.
 */
async function together(
  stage: Stage,
  kiosks: readonly [KioskStage, KioskStage],
): Promise<number | null> {
  const known = new Set(stage.street.centre.issues().map(({ request }) => request));
  const ready = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const isTyped = (screen: { readonly screen: string; readonly digits?: number }) =>
    screen.screen === 'pin' && screen.digits === DIGITS;
  const order = (kiosk: KioskStage, who: string, own: number) =>
    kiosk
      .visit(who, WISH, isTyped, async (visitor: KioskVisitor) => {
        ready[own]?.resolve();
        await Promise.all(ready.map(({ promise }) => promise));
        await visitor.go();
      })
      .catch((error: unknown) => {
        ready[own]?.reject(error);
        throw error;
      });
  await Promise.all([order(kiosks[0], HERE, 0), order(kiosks[1], THERE, 1)]);
  const asked = stage.street.centre.issues().filter(({ request }) => !known.has(request));
  if (asked.length < kiosks.length) return null;
  const times = asked.map((issue) => issue.asked);
  return Math.max(...times) - Math.min(...times);
}

export const KAWASAKI: Scenario = {
  name: 'kawasaki',
  title: { ja: '同じ瞬間に頼んだ2台', en: 'Two kiosks in one moment' },
  incident: {
    ja: '2つの店で1秒以内に申請すると、あとの処理が前のものを上書きし、別人の戸籍が出た。',
    en: "Two shops asked within one second; the later request overwrote the earlier, and somebody else's register came out.",
  },
  source: { ja: '川崎 2023', en: 'Kawasaki 2023' },
  async play(stage) {
    stage.step(
      'もう1つの店に、もう1台の端末を用意します',
      'Another kiosk is set up in another shop',
    );
    await stage.street.withAnotherKiosk(async (place) => {
      const kiosks = [KioskStage.of(stage), new KioskStage(stage.at(place))] as const;
      const apart: number[] = [];
      const printed: [Paper[], Paper[]] = [[], []];
      for (let left = ROUNDS * TRIES; left > 0 && apart.length < ROUNDS; left -= 1) {
        stage.step(
          `2人が同じ瞬間に頼みます（${apart.length + 1}回目）`,
          `Two people order in the same moment (${apart.length + 1})`,
        );
        const before = await Promise.all(kiosks.map((kiosk) => kiosk.sheets()));
        const ms = await together(stage, kiosks);
        if (ms === null) continue;
        apart.push(ms);
        for (const [own, kiosk] of kiosks.entries()) {
          printed[own]?.push(...(await kiosk.sheetsSince(before[own] ?? 0)));
        }
      }
      const [here, there] = printed;
      stage.prove(
        (await kiosks[0].areOf(HERE, here, ROUNDS)) &&
          (await kiosks[1].areOf(THERE, there, ROUNDS)),
        {
          ja: `センターへは${apart.join('ミリ秒、')}ミリ秒のちがいで届き、どちらの店でも本人のものだけが出た`,
          en: `${apart.join(' ms and ')} ms apart at the centre, each shop printed what its own person asked for`,
        },
        [here, there].map((sheets) => sheets.map(({ text }) => text)),
      );
    });
  },
};
