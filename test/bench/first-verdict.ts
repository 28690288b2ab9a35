/** The first verdict that a process makes, as one JSON line. `first-verdict.ts warmed|unwarmed` */

import { TrustStore } from '../../src/pki/trust-store.ts';
import { CardMaker } from '../cards.ts';

const maker = await CardMaker.create();
const { der } = await maker.card();
const store = await TrustStore.load({
  anchors: [maker.authority.caCertificate],
  crls: [maker.authority.crl()],
});
if (process.argv[2] === 'warmed') await store.warm();
const before = performance.now();
const { valid } = await store.verify(der, Date.now());
const ms = performance.now() - before;
process.stdout.write(`${JSON.stringify({ event: 'verdict', ms, valid })}\n`);
