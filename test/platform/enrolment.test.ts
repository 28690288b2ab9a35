import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCertificateRequest } from '../../platform-sim/certificate-request.ts';
import { startPlatform } from '../../platform-sim/platform.ts';
import { makeRequest } from '../../src/pki/issuing.ts';
import { nextKey, signerOf } from '../link/enrolled.ts';
import { tempFolder } from '../link/fixtures.ts';
import { BareTerminal, Chain, DEADLINE_MS } from './bare-terminal.ts';
import { TestPlatform, tickets } from './test-platform.ts';
import { ask, type LinkCertificateOver, linkCredentials } from './tls-client.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let platform: TestPlatform;
let port: number;
let names = 0;

beforeAll(async () => {
  platform = await TestPlatform.start();
  port = Number(new URL(platform.secureUrl).port);
});

afterAll(() => platform.stop());

interface Enrolled {
  readonly name: string;
  readonly certificate: Buffer;
  readonly key: KeyObject;
}

function newName(): string {
  names += 1;
  return `gate-${names}`;
}

function requestOf(name: string, key = nextKey()): Promise<Buffer> {
  return makeRequest(name, signerOf(key));
}

function enrol(terminal: string, secret: Buffer, request: Buffer, now = Date.now()) {
  const { keys, terminals } = platform.stores;
  return terminals.enrol(keys, { terminal, secret, request }, now);
}

async function enrolled(now = Date.now()): Promise<Enrolled> {
  const [name, key] = [newName(), nextKey()];
  const { secret } = platform.stores.terminals.add(name, false, now);
  const answer = enrol(name, secret, await requestOf(name, key), now);
  if (answer.result !== 'enrolled') throw new Error(answer.reason);
  return { name, key, certificate: Buffer.from(answer.certificate, 'base64') };
}

describe('a code', () => {
  test('is void after five wrong tries, also for whoever has the right one', async () => {
    const name = newName();
    const { secret } = platform.stores.terminals.add(name, false, Date.now());
    const request = await requestOf(name);
    for (let tries = 0; tries < 4; tries += 1) {
      expect(enrol(name, Buffer.alloc(9, tries), request)).toMatchObject({ reason: 'wrong-code' });
    }
    expect(enrol(name, Buffer.alloc(9, 4), request)).toMatchObject({ reason: 'wrong-code' });
    expect(enrol(name, secret, request)).toMatchObject({ reason: 'wrong-code' });
  });

  test('works at the fifth try after four wrong ones', async () => {
    const name = newName();
    const { secret } = platform.stores.terminals.add(name, false, Date.now());
    const request = await requestOf(name);
    for (let tries = 0; tries < 4; tries += 1) enrol(name, Buffer.alloc(9, tries), request);
    expect(enrol(name, secret, request)).toMatchObject({ result: 'enrolled' });
  });

  test('is good for 15 minutes', async () => {
    const [name, now] = [newName(), Date.now()];
    const { secret } = platform.stores.terminals.add(name, false, now);
    const request = await requestOf(name);
    const late = now + 15 * MINUTE_MS;
    expect(enrol(name, secret, request, late)).toMatchObject({ reason: 'code-expired' });
    expect(enrol(name, secret, request, late - 1)).toMatchObject({ result: 'enrolled' });
  });

  test('is good for its own name only', async () => {
    const [name, other] = [newName(), newName()];
    const { secret } = platform.stores.terminals.add(name, false, Date.now());
    platform.stores.terminals.add(other, false, Date.now());
    expect(enrol(other, secret, await requestOf(other))).toMatchObject({ reason: 'wrong-code' });
    expect(enrol('nobody', secret, await requestOf('nobody'))).toMatchObject({
      reason: 'wrong-code',
    });
  });

  test('gives one certificate: the same key gets it again, another key gets nothing', async () => {
    const [name, key] = [newName(), nextKey()];
    const { secret } = platform.stores.terminals.add(name, false, Date.now());
    const answer = enrol(name, secret, await requestOf(name, key));
    expect(answer).toMatchObject({ result: 'enrolled' });
    expect(enrol(name, secret, await requestOf(name, key))).toMatchObject({
      certificate: answer.result === 'enrolled' && answer.certificate,
    });
    expect(enrol(name, secret, await requestOf(name))).toMatchObject({ reason: 'code-used' });
  });

  test('is replaced by the next one', async () => {
    const name = newName();
    const { secret } = platform.stores.terminals.add(name, false, Date.now());
    platform.stores.terminals.add(name, false, Date.now());
    expect(enrol(name, secret, await requestOf(name))).toMatchObject({ reason: 'wrong-code' });
  });

  test('is not given for a name that is enrolled, unless somebody says so', async () => {
    const { name, certificate } = await enrolled();
    const { terminals } = platform.stores;
    expect(() => terminals.add(name, false, Date.now())).toThrow(/--again/u);
    const { secret } = terminals.add(name, true, Date.now());
    // Nothing is void before the terminal has enrolled again.
    expect(terminals.certificates(name).map(({ state }) => state)).toEqual(['new']);
    expect(enrol(name, secret, await requestOf(name))).toMatchObject({ result: 'enrolled' });
    const [newest, before] = terminals.certificates(name);
    expect(before).toMatchObject({ der: certificate, state: 'replaced' });
    expect(newest).toMatchObject({ state: 'new' });
  });

  test('of a revoked terminal ends with it, and a new one lets it come back', async () => {
    const { name } = await enrolled();
    const { terminals } = platform.stores;
    const { secret } = terminals.add(name, true, Date.now());
    terminals.revoke(name, Date.now());
    const request = await requestOf(name);
    expect(enrol(name, secret, request)).toMatchObject({ reason: 'wrong-code' });
    const fresh = terminals.add(name, true, Date.now());
    expect(terminals.standing(name)).toBe('revoked');
    expect(enrol(name, fresh.secret, request)).toMatchObject({ result: 'enrolled' });
    expect(terminals.standing(name)).toBe('enrolled');
  });
});

describe('a request for a certificate', () => {
  test('is refused for another name, a weak or strange key, a wrong signature, and bytes behind it', async () => {
    const key = nextKey();
    const good = await requestOf('gate-1', key);
    expect(readCertificateRequest(good, 'gate-1')?.equals(signerOf(key).publicKey)).toBe(true);
    expect(readCertificateRequest(good, 'gate-2')).toBeNull();
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    expect(readCertificateRequest(await requestOf('gate-1', weak), 'gate-1')).toBeNull();
    const odd = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey;
    expect(readCertificateRequest(await requestOf('gate-1', odd), 'gate-1')).toBeNull();
    const liar = { ...signerOf(nextKey()), publicKey: signerOf(key).publicKey };
    expect(readCertificateRequest(await makeRequest('gate-1', liar), 'gate-1')).toBeNull();
    expect(readCertificateRequest(Buffer.concat([good, Buffer.of(0)]), 'gate-1')).toBeNull();
    expect(readCertificateRequest(good.subarray(0, 200), 'gate-1')).toBeNull();
    const changed = Buffer.from(good);
    changed[40] = (changed[40] ?? 0) ^ 1;
    expect(readCertificateRequest(changed, 'gate-1')).toBeNull();
  });

  test('that is not in order does not use up the code', async () => {
    const name = newName();
    const { secret } = platform.stores.terminals.add(name, false, Date.now());
    expect(enrol(name, secret, await requestOf('other'))).toMatchObject({ reason: 'bad-request' });
    expect(enrol(name, secret, await requestOf(name))).toMatchObject({ result: 'enrolled' });
  });

  test('gets a certificate that may sign link certificates and nothing further', async () => {
    const { name, certificate, key } = await enrolled();
    const issued = new X509Certificate(certificate);
    const ca = new X509Certificate(platform.stores.keys.caCertificate);
    expect(issued.subject).toBe(`CN=${name}`);
    expect(issued.verify(ca.publicKey) && issued.checkIssued(ca)).toBe(true);
    expect(issued.publicKey.equals(signerOf(key).publicKey)).toBe(true);
    const life = issued.validToDate.getTime() - Date.now();
    expect(Math.round(life / DAY_MS)).toBe(90);
  });
});

describe('over TLS', () => {
  const OBJECT = `/objects/${'0'.repeat(64)}`;

  test('nothing older than TLS 1.3 is spoken', async () => {
    const old = ask(port, OBJECT, { maxVersion: 'TLSv1.2' });
    await expect(old).rejects.toThrow(/alert protocol version/u);
  });

  test('plain HTTP gets no answer', async () => {
    const socket = connectTcp(port, '127.0.0.1');
    const said: Buffer[] = [];
    socket.on('data', (part: Buffer) => said.push(part));
    socket.on('error', () => {});
    socket.write('GET /objects/0 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'close');
    expect(Buffer.concat(said).toString('latin1')).not.toContain('HTTP/1.1');
  });

  test('without a certificate there is nothing but enrolment', async () => {
    expect(await ask(port, OBJECT)).toMatchObject({ status: 403, refused: 'no-certificate' });
    expect(await ask(port, '/enrol')).toMatchObject({ status: 405 });
  });

  test('enrolment refuses what is no request, and what is too long', async () => {
    const post = (body: string) => ask(port, '/enrol', { method: 'POST', body });
    expect(await post('{')).toMatchObject({ status: 400 });
    expect(await post('{"terminal":"gate-1"}')).toMatchObject({ status: 400 });
    const long = await post(JSON.stringify({ terminal: 'x'.repeat(100_000) })).catch(() => null);
    expect(long?.status ?? 400).toBe(400);
  });

  test('the certificates that a terminal makes are taken', async () => {
    const terminal = await enrolled();
    const answer = await ask(port, OBJECT, linkCredentials(terminal));
    expect(answer).toMatchObject({ status: 404, refused: undefined });
  });

  test.each<[string, string, (terminal: Enrolled) => LinkCertificateOver]>([
    ['that is over', 'link-certificate-dates', () => ({ to: Date.now() - 10 * MINUTE_MS })],
    ['that is not yet', 'link-certificate-dates', () => ({ from: Date.now() + 10 * MINUTE_MS })],
    ['of more than a day', 'link-certificate', () => ({ to: Date.now() + 25 * HOUR_MS })],
    ['of a CA', 'link-certificate', () => ({ ca: true })],
    ['for no purpose', 'link-certificate', () => ({ purposes: [] })],
    ['for a server', 'link-certificate', () => ({ purposes: ['1.3.6.1.5.5.7.3.1'] })],
  ])('a link certificate %s is refused', async (_what, why, over) => {
    const terminal = await enrolled();
    const answer = await ask(port, OBJECT, linkCredentials(terminal, over(terminal)));
    expect(answer).toMatchObject({ status: 403, refused: why });
  });

  test("a link certificate that another terminal's key signed is refused", async () => {
    const [mine, other] = [await enrolled(), await enrolled()];
    const forged = linkCredentials({ ...mine, key: other.key });
    expect(await ask(port, OBJECT, forged)).toMatchObject({ refused: 'link-certificate' });
  });

  test('a link certificate below another link certificate is refused: the path ends there', async () => {
    const terminal = await enrolled();
    const between = linkCredentials(terminal, { ca: true });
    const [certificate = ''] = between.cert.split(/(?<=-----END CERTIFICATE-----\n)/u);
    const der = Buffer.from(new X509Certificate(certificate).raw);
    const below = linkCredentials(
      { name: terminal.name, certificate: der, key: createPrivateKey(between.key) },
      { issuerName: [['CN', `${terminal.name} link`]] },
    );
    const all = { key: below.key, cert: below.cert + between.cert };
    expect(await ask(port, OBJECT, all)).toMatchObject({ refused: 'unknown-certificate' });
  });

  test("a certificate that the CA signed and that is no terminal's is refused", async () => {
    const { keys } = platform.stores;
    const key = nextKey();
    const certificate = keys.issue({
      subject: [['CN', 'gate-x']],
      publicKey: signerOf(key).publicKey,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      extensions: [],
    });
    const shown = linkCredentials({ name: 'gate-x', certificate, key });
    expect(await ask(port, OBJECT, shown)).toMatchObject({ refused: 'unknown-certificate' });
  });

  test("the terminal's own key alone is not enough: it is no link key", async () => {
    const { certificate, key } = await enrolled();
    const own = {
      key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
      cert: new X509Certificate(certificate).toString(),
    };
    expect(await ask(port, OBJECT, own)).toMatchObject({ status: 403 });
  });

  test('an expired certificate fetches nothing', async () => {
    const terminal = await enrolled(Date.now() - 91 * DAY_MS);
    expect(await ask(port, OBJECT, linkCredentials(terminal))).toMatchObject({
      refused: 'expired',
    });
  });

  test('a revoked certificate is refused', async () => {
    const terminal = await enrolled();
    platform.stores.terminals.revoke(terminal.name, Date.now());
    expect(await ask(port, OBJECT, linkCredentials(terminal))).toMatchObject({
      refused: 'revoked',
    });
  });

  test('a session is not resumed: each connection shows its certificates anew', async () => {
    const terminal = await enrolled();
    const socket = connectTls({
      ...{ host: '127.0.0.1', port, rejectUnauthorized: false },
      ...linkCredentials(terminal),
    });
    let session: Buffer | null = null;
    socket.on('session', (given) => {
      session = given;
    });
    await once(socket, 'secureConnect');
    socket.write(`GET ${OBJECT} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    socket.resume();
    await once(socket, 'close');
    const again = connectTls({
      ...{ host: '127.0.0.1', port, rejectUnauthorized: false },
      ...(session !== null && { session }),
    });
    await once(again, 'secureConnect');
    expect(again.isSessionReused()).toBe(false);
    again.destroy();
  });

  test("a terminal that says another's name is closed", async () => {
    const [terminal, other] = [await enrolled(), await enrolled()];
    const bare = await BareTerminal.connect(platform.secureUrl, linkCredentials(terminal));
    bare.hello(new Chain(other.name));
    expect(await bare.closed).toBe(4003);
  });

  test('a terminal that is not enrolled may not renew', async () => {
    const bare = await BareTerminal.greet(platform.url, new Chain('open-gate'));
    bare.send({ frame: 'renew', request: (await requestOf('open-gate')).toString('base64') });
    expect(await bare.closed).toBe(4000);
  });

  test('an enrolled terminal that asks for a certificate of another name is closed', async () => {
    const terminal = await enrolled();
    const bare = await BareTerminal.connect(platform.secureUrl, linkCredentials(terminal));
    bare.hello(new Chain(terminal.name));
    await bare.next('welcome');
    bare.send({ frame: 'renew', request: (await requestOf('gate-x')).toString('base64') });
    expect(await bare.closed).toBe(4000);
  });

  test('an expired certificate gets no head, and one that is good does', async () => {
    await platform.publish(tickets(1));
    const [good, old] = [await enrolled(), await enrolled(Date.now() - 91 * DAY_MS)];
    const heads = async ({ name, ...rest }: Enrolled) => {
      const bare = await BareTerminal.connect(
        platform.secureUrl,
        linkCredentials({ name, ...rest }),
      );
      const chain = new Chain(name).add();
      bare.hello(chain, { lists: ['stadium'] });
      await bare.next('welcome');
      // Heads leave with the welcome, before anything that is asked for after it.
      await bare.tell(chain);
      await bare.leave();
      return bare.frames.filter(({ frame }) => frame === 'head').length;
    };
    expect(await heads(good)).toBeGreaterThan(0);
    expect(await heads(old)).toBe(0);
  });

  test('a handshake that does not get on is over after a while', async () => {
    const slow = await startPlatform({
      ...{ stateDirectory: tempFolder(), port: 0, tlsPort: 0, helloMs: 200 },
    });
    try {
      const socket = connectTcp(Number(new URL(slow.secureUrl ?? '').port), '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      // The first bytes of a ClientHello, and never the rest.
      socket.write(Buffer.from('16030100', 'hex'));
      const closed = once(socket, 'close').then(() => 'closed');
      const late = new Promise((resolve) => setTimeout(resolve, DEADLINE_MS, 'still open').unref());
      expect(await Promise.race([closed, late])).toBe('closed');
    } finally {
      await slow.close();
    }
  });
});
