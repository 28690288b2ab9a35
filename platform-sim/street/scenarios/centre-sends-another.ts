/** What the centre sends is another person's, or not what was asked for: in each of these, nothing is charged or printed. */

import type { CentreFaultName } from '../../centre/faults.ts';
import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Words } from '../messages.ts';
import type { Scenario, Stage } from '../stage.ts';

interface Story extends Pick<Scenario, 'name' | 'title' | 'incident' | 'source'> {
  readonly fault: CentreFaultName;
  readonly step: Words;
}

const WHO = 'kazami-taro';

async function play(stage: Stage, { fault, step }: Story): Promise<void> {
  const kiosk = KioskStage.of(stage);
  const at = kiosk.stage;
  const [sheets, takings, since] = [await kiosk.sheets(), await kiosk.takings(), at.mark()];
  stage.step(step.ja, step.en);
  await at.break(`centre-${fault}`);
  const isClosed = ({ screen }: { readonly screen: string }) => screen === 'closed';
  const visitor = await kiosk.visit(WHO, RESIDENT_RECORD, isClosed);
  const [stop] = at.lines(since, 'kiosk.stopped');
  try {
    const differs = (stop?.['differs'] ?? []) as readonly string[];
    stage.prove(
      visitor.saw('ended')?.reason === 'document-differs' && differs.length > 0,
      {
        ja: `頼んだものとちがうと分かって、止まった（${differs.join('、')}）`,
        en: `what came was seen to differ, and the kiosk stopped (${differs.join(', ')})`,
      },
      { stop, ended: visitor.saw('ended') },
    );
    const came = (await kiosk.sheets()) - sheets;
    const taken = (await kiosk.takings()) - takings;
    stage.prove(
      came === 0 && taken === 0 && at.lines(since, 'payment.authorised').length === 0,
      {
        ja: '1枚も出ず、お金ももらっていない',
        en: 'no sheet came out, and no money was asked for',
      },
      { came, taken },
    );
    stage.prove(
      at.place.terminal.health.levels.reason === 'kiosk-stopped',
      { ja: '係員が見るまで、だれにも出さない', en: 'nobody is served until staff has looked' },
      at.place.terminal.health.levels,
    );
  } finally {
    await at.mend(`centre-${fault}`);
    if (stop !== undefined) await kiosk.clear();
  }
  stage.step(
    '係員が確かめ、同じ人がもう一度頼みます',
    'Staff has looked; the same person asks again',
  );
  await kiosk.visit(WHO, RESIDENT_RECORD);
  const own = await kiosk.sheetsSince(sheets);
  stage.prove(
    await kiosk.areOf(WHO, own, 1),
    { ja: '本人の証明書が1枚出た', en: 'the one sheet that came out is their own' },
    own.map(({ text }) => text),
  );
}

const STORIES: readonly Story[] = [
  {
    name: 'centre-mixes-two',
    title: { ja: 'センターの取りちがえ', en: 'The centre mixes two people up' },
    incident: {
      ja: 'センターが2人の申請を取りちがえ、別人の証明書を、正しい署名をつけて送ってくる。',
      en: "The centre mixes two requests up and sends another person's certificate, rightly signed.",
    },
    source: { ja: '川崎 2023', en: 'Kawasaki 2023' },
    fault: 'mixes-requests',
    step: {
      ja: 'センターが、別の人の台帳を読んで発行します',
      en: "The centre issues from another person's record, all rightly signed",
    },
  },
  {
    name: 'swapped-pdf',
    title: { ja: 'すりかわった証明書', en: 'The document is another one' },
    incident: {
      ja: '発行票は本人のものなのに、証明書のファイルだけが別の人のものだった。',
      en: "The manifest is the person's own, and the file beside it is somebody else's.",
    },
    source: null,
    fault: 'swaps-document',
    step: {
      ja: '証明書だけが別の人のものになります',
      en: "The document alone is another person's",
    },
  },
  {
    name: 'other-manifest',
    title: { ja: 'すりかわった発行票', en: 'The manifest is another one' },
    incident: {
      ja: '証明書は本人のものなのに、発行票が別の人のものだった。',
      en: "The document is the person's own, and its manifest is somebody else's.",
    },
    source: null,
    fault: 'other-manifest',
    step: {
      ja: '発行票だけが別の人のものになります',
      en: "The manifest alone is another person's",
    },
  },
  {
    name: 'replayed-issue',
    title: { ja: '前の発行をもう一度', en: 'An issue is replayed' },
    incident: {
      ja: '前の人に出した証明書が、次の人への答えとしてもう一度送られてきた。',
      en: 'What was issued to an earlier person is sent once more, as the answer to the next.',
    },
    source: null,
    fault: 'replays-issue',
    step: {
      ja: '前の人の発行が、もう一度返ってきます',
      en: "An earlier person's issue comes back once more",
    },
  },
];

/** In this order on the page. */
export const CENTRE_SENDS_ANOTHER: readonly Scenario[] = STORIES.map((story) => ({
  ...story,
  play: (stage) => play(stage, story),
}));
