/**
 * The bench group "verify": the verdict on a certificate (chain, dates, usage, policy, revocation), without a card.
 * Beside it node:crypto, which checks the signature alone, and pkijs, which validates the chain.
 */

import { X509Certificate } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { CardMaker } from '../cards.ts';
import { trustStoreOf } from '../pki/memory-trust.ts';
import { Program } from '../rig/program.ts';
import { type Bench, median, reportTimes, timed } from './figures.ts';

const CERTIFICATES = 64;
/** Of the median verdict of a warm process. */
const BUDGET_MS = 0.6;
/** How much slower than the hundredth the first one of a process may be. */
const FIRST_TO_LATER = 2;
const STARTS = 11;
const ROUNDS = 50;
const PEER_ROUNDS = 20;
const FIRST_VERDICT = fileURLToPath(new URL('./first-verdict.ts', import.meta.url));

export async function verifyBench({ report, quick }: Bench): Promise<void> {
  const maker = await CardMaker.create();
  const { caCertificate } = maker.authority;
  const certificates: Buffer[] = [];
  while (certificates.length < CERTIFICATES) certificates.push((await maker.card()).der);
  const material = { anchors: [caCertificate], crls: [maker.authority.crl()] };
  const store = await trustStoreOf(material);
  await store.warm();

  const times: number[] = [];
  for (let round = 0; round < (quick ? 5 : ROUNDS); round += 1) {
    for (const der of certificates) {
      const before = performance.now();
      const { valid } = await store.verify(der, Date.now());
      times.push(performance.now() - before);
      if (!valid) throw new Error('a good certificate was refused');
    }
  }
  const floor = median(signatureChecks(certificates, caCertificate));
  const peer = median(await pkijsValidations(certificates, caCertificate));
  reportTimes(report, 'verify', times, {}, { p50: { floor, peer, budget: BUDGET_MS } });
  for (const warmed of [true, false]) {
    const figure = warmed ? 'verify.first' : 'verify.first.unwarmed';
    const starts = await firstOfProcesses(warmed, quick ? 1 : STARTS);
    const later = median(starts.map((start) => start.later));
    const budget = warmed ? { budget: FIRST_TO_LATER * later } : {};
    const value = median(starts.map(({ first }) => first));
    report({ figure, value, unit: 'ms', n: starts.length, later, ...budget });
  }
}

/** Parsing and the issuer's signature by node:crypto: the least that any verdict needs. */
function signatureChecks(certificates: readonly Buffer[], ca: Buffer): number[] {
  const { publicKey } = new X509Certificate(ca);
  return certificates.map((der) => timed(() => new X509Certificate(der).verify(publicKey)));
}

async function pkijsValidations(certificates: readonly Buffer[], ca: Buffer): Promise<number[]> {
  const trustedCerts = [pkijsCertificate(ca)];
  const times: number[] = [];
  for (const der of certificates.slice(0, PEER_ROUNDS)) {
    const before = performance.now();
    const certs = [pkijsCertificate(der)];
    const { result } = await new pkijs.CertificateChainValidationEngine({
      trustedCerts,
      certs,
    }).verify();
    times.push(performance.now() - before);
    if (!result) throw new Error('pkijs refused a good certificate');
  }
  return times;
}

function pkijsCertificate(der: Buffer): pkijs.Certificate {
  return new pkijs.Certificate({ schema: asn1js.fromBER(der).result });
}

/**
 * The first verdict of fresh processes and those around the hundredth, with and without what the daemon does at start to
 * have the first one fast.
 */
async function firstOfProcesses(
  warmed: boolean,
  count: number,
): Promise<readonly { readonly first: number; readonly later: number }[]> {
  const starts: { first: number; later: number }[] = [];
  while (starts.length < count) {
    const program = new Program([FIRST_VERDICT, warmed ? 'warmed' : 'unwarmed']);
    const { first, later } = await program.next({ event: 'verdicts' });
    await program.exited;
    starts.push({ first: Number(first), later: Number(later) });
  }
  return starts;
}
