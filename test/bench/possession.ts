/**
 * The bench group "possession": a tap at a list that asks for it, through the real pcscd and vpcd, with a card that takes
 * a modelled time for its bytes and its signature. The exchange itself is a model, too (`kazasu-model-1`).
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { type Site, withSite } from '../rig/site.ts';
import { type Bench, reportTimes } from './figures.ts';
import { publish, rowsOf, SEEN_GONE_MS } from './gate.ts';

const PER_APDU_MS = 1;
const SIGNATURE_MS = 500;
/** ms from the reader's event to the durable decision, by kbit/s. */
const BUDGETS: Readonly<Record<number, number>> = { 424: 650, 106: 900 };

type Stages = Readonly<Record<string, number>>;

export async function possessionBench({ report, note, quick }: Bench): Promise<void> {
  const taps = quick ? 4 : 30;
  const rates = Object.entries(BUDGETS);
  await withSite({ reader: 'pcsc' }, async (site) => {
    const settings = { assurance: 'possession' } as const;
    const cards = await publish(site, {
      rows: rowsOf({ quick }),
      cards: taps * rates.length,
      settings,
    });
    const authorityKey = await addInstitution(site);
    await site.openGate();
    await site.gate.first(({ event, hasKey }) => event === 'institution.activated' && !!hasKey, 0);
    for (const [at, [rate, budget]] of rates.entries()) {
      const timing = { bitRate: Number(rate), perApduMs: PER_APDU_MS, signatureMs: SIGNATURE_MS };
      const stages: Stages[] = [];
      for (const { card } of cards.slice(at * taps, (at + 1) * taps)) {
        stages.push(await tapOf(site, { ...card, authorityKey, timing }));
        await pause(SEEN_GONE_MS);
      }
      note(`possession: ${taps} taps at ${rate} kbit/s`);
      const detail = { modelled: true, ...timing };
      const of = (stage: string) => stages.map((ms) => ms[stage] ?? Number.NaN);
      const p50 = { budget };
      reportTimes(report, `possession.${rate}.decision`, of('total'), detail, { p50 });
      for (const stage of ['read', 'prove']) {
        reportTimes(report, `possession.${rate}.${stage}`, of(stage), detail);
      }
    }
  });
}

async function tapOf(site: Site, card: CardDefinition): Promise<Stages> {
  const answer = await site.tap(card);
  if (answer.event !== 'entry.granted' || answer['assurance'] !== 'possession') {
    throw new Error(`a tap proved nothing: ${JSON.stringify(answer)}`);
  }
  return answer['ms'] as Stages;
}

/** Gives the platform an institution; the content of EF 0016 for its cards, base64. */
async function addInstitution(site: Site): Promise<string> {
  const authority = testAuthority();
  const { keys, certificate, signature } = testInstitution(authority);
  const key = join(site.directory, 'institution.pem');
  const file = join(site.directory, 'institution.cvc');
  await writeFile(key, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(file, Buffer.concat([certificate, signature]));
  await site.platformCommand('institution', 'add', '--key', key, '--certificate', file);
  return authority.file.toString('base64');
}
