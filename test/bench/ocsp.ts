/**
 * The bench group "ocsp": a question to the issuer of a card and the verdict on its answer, without a network and over
 * loopback. Beside it node:crypto, which checks the signatures alone, and pkijs, which verifies the response.
 */

import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as pkijs from 'pkijs';
import { serveOcsp } from '../../platform-sim/ocsp-http.ts';
import { OcspResponder } from '../../platform-sim/ocsp-responder.ts';
import { OcspClient } from '../../src/link/ocsp-client.ts';
import { askOcsp, judgeOcsp, type OcspSubject } from '../../src/pki/ocsp.ts';
import { TrustStore } from '../../src/pki/trust-store.ts';
import { CardMaker } from '../cards.ts';
import { type Bench, median, reportTimes, timed } from './figures.ts';

const ROUNDS = 500;
const QUICK_ROUNDS = 50;
const WAIT_MS = 2_000;

export async function ocspBench({ report, quick }: Bench): Promise<void> {
  const maker = await CardMaker.create();
  const { authority } = maker;
  const store = await TrustStore.load({ anchors: [authority.caCertificate], crls: [] });
  const subject = store.ocspSubject((await maker.card()).der, Date.now());
  if (subject === null) throw new Error('the authority of the bench issued it');
  const signer = authority.chargeOcspSigner();
  const responder = new OcspResponder({ authority, signer, revoked: () => [] });
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const ask: number[] = [];
  const judge: number[] = [];
  const floors: number[] = [];
  const peers: number[] = [];
  const ca = new X509Certificate(authority.caCertificate);
  const trustedCerts = [pkijs.Certificate.fromBER(authority.caCertificate)];
  for (let round = 0; round < rounds; round += 1) {
    let question = askOcsp(subject);
    ask.push(
      timed(() => {
        question = askOcsp(subject);
      }),
    );
    const response = responder.answer(question.request);
    let status = '';
    judge.push(
      timed(() => {
        ({ status } = judgeOcsp(response, question, Date.now()));
      }),
    );
    if (status !== 'good') throw new Error('a good answer was not believed');
    // The least that any verdict needs: the responder's certificate checked.
    const [delegate = Buffer.alloc(0)] = signer.certificates;
    floors.push(timed(() => new X509Certificate(delegate).verify(ca.publicKey)));
    const before = performance.now();
    await pkijsVerifies(response, trustedCerts);
    peers.push(performance.now() - before);
  }
  reportTimes(report, 'ocsp.ask', ask);
  const p50 = { floor: median(floors), peer: median(peers) };
  reportTimes(report, 'ocsp.judge', judge, {}, { p50 });
  reportTimes(report, 'ocsp.exchange', await exchanges(subject, responder, rounds));
}

async function pkijsVerifies(der: Buffer, trustedCerts: pkijs.Certificate[]): Promise<void> {
  const { responseBytes } = pkijs.OCSPResponse.fromBER(der);
  if (responseBytes === undefined) throw new Error('no response');
  const basic = pkijs.BasicOCSPResponse.fromBER(responseBytes.response.valueBlock.valueHexView);
  if (!(await basic.verify({ trustedCerts }))) throw new Error('pkijs refused a good answer');
}

/** Question, HTTP on loopback, the responder's own work, verdict. */
async function exchanges(
  subject: OcspSubject,
  responder: OcspResponder,
  rounds: number,
): Promise<number[]> {
  const server = createServer((request, response) => serveOcsp(responder, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const client = new OcspClient({ url: `http://127.0.0.1:${port}/ocsp` });
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = performance.now();
      const { status } = await client.ask(subject, Date.now, WAIT_MS);
      times.push(performance.now() - before);
      if (status !== 'good') throw new Error('a good answer was not believed');
    }
    return times;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
