/** The bench group "certificate": what an issuing server needs for one, from the record that is looked up to the PDF. */

import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { Coverage } from '../../platform-sim/municipality/coverage.ts';
import { issueDocument } from '../../platform-sim/municipality/issue.ts';
import { Registers } from '../../platform-sim/municipality/registers.ts';
import { type Bench, reportTimes } from './figures.ts';

const DOCUMENTS = 200;
const QUICK_DOCUMENTS = 10;
/** The compiler reads the font, and the first documents fill its caches. */
const WARM_UP = 5;
const BUDGET_MS = 60;

export async function certificateBench({ report, quick }: Bench): Promise<void> {
  const registers = new Registers();
  const certificate = randomBytes(1_500);
  registers.linkHolder('family/kazami-taro', certificate);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = { registers, coverage: await Coverage.open(), keyOf: () => privateKey };
  const asked = {
    ...{ municipality: '990011', option: 'plain' as const, copies: 1, at: Date.now() },
    certificate: createHash('sha256').update(certificate).digest('hex'),
  };
  for (const document of ['family-register-individual', 'family-register-full'] as const) {
    const times: number[] = [];
    let pages = 0;
    for (let made = -WARM_UP; made < (quick ? QUICK_DOCUMENTS : DOCUMENTS); made += 1) {
      const before = performance.now();
      const issued = issueDocument({ ...asked, document, request: randomUUID() }, server);
      if ('refused' in issued) throw new Error(`refused: ${issued.refused}`);
      if (made >= 0) times.push(performance.now() - before);
      pages = issued.pages;
    }
    const budget = { p50: { budget: BUDGET_MS } };
    reportTimes(report, 'certificate.pdf', times, { document, pages }, budget);
  }
}
