/**
 * OpenSC, which knows nothing of this project, must take the virtual card for a JPKI card: through the real pcscd and
 * vpcd it finds, reads and uses what real cards have.
 */

import { execFile } from 'node:child_process';
import { verify, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CardReader } from '../../devices/card/card.ts';
import { openPcscReader } from '../../devices/card/pcsc-reader.ts';
import { type CardDefinition, SimCard } from '../../devices/card/sim-card.ts';
import { type HeldCard, holdOnVpcd } from '../../devices/card/vpcd.ts';
import {
  missingParts,
  type Pcscd,
  pcscdIsRunning,
  startPcscd,
  VPCD_READER,
  vpcdIsReachable,
} from '../../platform-sim/pcscd.ts';
import { CardWatch } from './card-watch.ts';
import { createJpkiFixture, type JpkiFixture } from './jpki-fixture.ts';

/** The ATRs of contact and contactless cards that are published. */
const CONTACT_ATR = '3BE000FF8131FE4514';
const CONTACTLESS_ATR = '3B888001000005E0B381A1007F';

let directory: string;
let fixture: JpkiFixture;
let pcscd: Pcscd;
let held: HeldCard | undefined;

beforeAll(async () => {
  expect(await missingParts(), 'Debian packages that this test needs and that are missing').toEqual(
    [],
  );
  directory = await mkdtemp(join(tmpdir(), 'kazasu-opensc-'));
  fixture = await createJpkiFixture();
  pcscd = await startPcscd({ directory });
});

afterEach(async () => {
  await held?.remove();
  held = undefined;
  await expect.poll(cardIsSeen, POLL).toBe(false);
});

afterAll(async () => {
  await pcscd?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

const POLL = { timeout: 20_000, interval: 50 };

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs an OpenSC tool or openssl. Rejects only when it can't be run at all. */
function run(tool: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...pcscd.env, LC_ALL: 'C' };
    execFile(tool, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') {
        reject(new Error(`${tool} is missing (Debian packages: opensc, openssl)`));
        return;
      }
      const exitCode = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ exitCode, output: stdout + stderr });
    });
  });
}

async function succeed(tool: string, ...args: string[]): Promise<string> {
  const { exitCode, output } = await run(tool, ...args);
  expect(exitCode, output).toBe(0);
  return output;
}

async function cardIsSeen(): Promise<boolean> {
  const { output } = await run('opensc-tool', '--list-readers');
  return new RegExp(`Yes .*${VPCD_READER}`, 'u').test(output);
}

async function hold(overrides: Partial<CardDefinition> = {}): Promise<void> {
  await holdCard(new SimCard({ ...fixture.card, ...overrides }));
}

async function holdCard(card: SimCard): Promise<void> {
  held = await holdOnVpcd(card, { port: pcscd.port });
  await expect.poll(cardIsSeen, POLL).toBe(true);
}

/** Whether the process runs; one that has ended and was not waited for yet does not. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => 'State:\tX');
  return !/^State:\t[XZ]/mu.test(status);
}

const PKCS11 = ['--module', 'opensc-pkcs11.so'];

describe.each([
  ['contactless', CONTACTLESS_ATR],
  ['contact', CONTACT_ATR],
])('OpenSC with the ATR of a %s card', (_what, atr) => {
  test('names the card', async () => {
    await hold({ atr });
    expect(await succeed('opensc-tool', '--name')).toContain('jpki');
    expect((await succeed('opensc-tool', '--atr')).replaceAll(':', '').toUpperCase()).toContain(
      atr,
    );
  });

  test('lists and reads the certificates', async () => {
    await hold({ atr });
    const list = await succeed('pkcs15-tool', '--list-certificates');
    expect(list).toContain('User Authentication Certificate');
    expect(list).toContain('Digital Signature Certificate CA');

    const pem = join(directory, 'read.pem');
    await succeed('pkcs15-tool', '--read-certificate', '01', '--output', pem);
    expect(new X509Certificate(await readFile(pem)).raw).toEqual(fixture.userCertificate);
    await succeed('pkcs15-tool', '--read-certificate', '03', '--output', pem);
    expect(new X509Certificate(await readFile(pem)).subject).toContain('OU=JPKI-SIM user');
  });

  test('logs in with the PIN, and the signature verifies', async () => {
    await hold({ atr });
    await signAndVerify('01', '4321', fixture.userCertificate);
  });
});

async function signAndVerify(id: string, pin: string, certificate: Buffer): Promise<void> {
  const path = (name: string) => join(directory, name);
  await writeFile(path('message'), 'challenge');
  const slot = id === '01' ? '0' : '1';
  await succeed(
    'pkcs11-tool',
    ...[...PKCS11, '--slot-index', slot, '--login', '--pin', pin],
    ...['--sign', '--mechanism', 'SHA256-RSA-PKCS', '--id', id],
    ...['--input-file', path('message'), '--output-file', path('signature')],
  );
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' });
  await writeFile(path('public.pem'), key);
  const verify = [
    'dgst',
    '-sha256',
    '-verify',
    path('public.pem'),
    '-signature',
    path('signature'),
  ];
  expect(await succeed('openssl', ...verify, path('message'))).toContain('Verified OK');
  await writeFile(path('message'), 'another challenge');
  expect((await run('openssl', ...verify, path('message'))).exitCode).not.toBe(0);
}

test('OpenSC signs with the password of the signature key, and reads its certificate after it', async () => {
  await hold();
  await signAndVerify('02', 'SECRET1', fixture.signCertificate);
  const pem = join(directory, 'sign.pem');
  const read = ['--read-certificate', '02', '--output', pem];
  expect((await run('pkcs15-tool', ...read)).exitCode).not.toBe(0);
  await succeed('pkcs15-tool', '--verify-pin', '--auth-id', '02', '--pin', 'SECRET1', ...read);
  expect(new X509Certificate(await readFile(pem)).raw).toEqual(fixture.signCertificate);
});

test('OpenSC sees a wrong PIN count down, block, and stay blocked for the right one', async () => {
  await hold();
  const login = (pin: string) =>
    run('pkcs11-tool', ...PKCS11, '--slot-index', '0', '--login', '--pin', pin, '--list-objects');
  const triesLeft = async () =>
    /User Authentication PIN\][\s\S]*?Tries left\s*: (\d)/u.exec(
      await succeed('pkcs15-tool', '--list-pins'),
    )?.[1];
  expect(await triesLeft()).toBe('3');
  for (const left of ['2', '1', '0']) {
    expect((await login('0000')).exitCode).not.toBe(0);
    expect(await triesLeft()).toBe(left);
  }
  const blocked = await login('4321');
  expect(blocked.exitCode).not.toBe(0);
  expect(await triesLeft()).toBe('0');
});

test('OpenSC and the daemon count the same tries of the same card, and a PIN that is right for one is for both', async () => {
  await hold();
  const watch = new CardWatch();
  const { env } = pcscd;
  const reader = await openPcscReader({ reader: VPCD_READER, env })(watch);
  const { tap } = await watch.next('present');
  const asked = { terminal: Buffer.from('a terminal'), request: Buffer.alloc(32) };
  const wrong = await reader.provePin(tap, { ...asked, pin: Buffer.from('0000') });
  expect(wrong).toMatchObject({ result: 'wrong-pin', triesLeft: 2 });
  await reader.close();
  const pins = await succeed('pkcs15-tool', '--list-pins');
  expect(pins).toMatch(/User Authentication PIN\][\s\S]*?Tries left\s*: 2/u);
  await succeed('pkcs15-tool', '--verify-pin', '--auth-id', '01', '--pin', '4321');

  const again = new CardWatch();
  const next = await openPcscReader({ reader: VPCD_READER, env })(again);
  const seen = await again.next('present');
  expect(await next.triesLeft(seen.tap)).toBe(3);
  const right = await next.provePin(seen.tap, { ...asked, pin: Buffer.from('4321') });
  expect(right).toMatchObject({ result: 'proved' });
  await next.close();
});

test('OpenSC and the daemon count the same tries of the same password, and read the same signing certificate after it', async () => {
  await hold();
  const { env } = pcscd;
  const asked = { authCertificate: fixture.userCertificate, message: Buffer.from('a document') };
  const reading = async <Result>(
    use: (reader: CardReader, tap: number) => Promise<Result>,
  ): Promise<Result> => {
    const watch = new CardWatch();
    const reader = await openPcscReader({ reader: VPCD_READER, env })(watch);
    try {
      return await use(reader, (await watch.next('present')).tap);
    } finally {
      await reader.close();
    }
  };
  const sign = (password: string) =>
    reading((reader, tap) =>
      reader.signApplication(tap, { ...asked, password: Buffer.from(password) }),
    );
  expect(await sign('WRONG1')).toMatchObject({ result: 'wrong-pin', triesLeft: 4 });
  const pins = await succeed('pkcs15-tool', '--list-pins');
  expect(pins).toMatch(/Digital Signature PIN\][\s\S]*?Tries left\s*: 4/u);
  const pem = join(directory, 'sign.pem');
  const read = ['--read-certificate', '02', '--output', pem];
  await succeed('pkcs15-tool', '--verify-pin', '--auth-id', '02', '--pin', 'SECRET1', ...read);
  expect(await reading((reader, tap) => reader.signingTriesLeft(tap))).toBe(5);
  const signed = await sign('SECRET1');
  if (signed.result !== 'signed') throw new Error(signed.result);
  const certificate = new X509Certificate(await readFile(pem));
  expect(Buffer.from(signed.signingCertificate)).toEqual(certificate.raw);
  expect(verify('sha256', signed.message, certificate.publicKey, signed.signature)).toBe(true);
});

test('OpenSC does not take a transit card for a JPKI card', async () => {
  await hold({ kind: 'transit' });
  const { output } = await run('opensc-tool', '--name');
  expect(output).not.toContain('jpki');
});

test('a command through pcscd and vpcd does not wait for a delayed acknowledgement', async () => {
  const gaps: number[] = [];
  let answeredAt = Number.NaN;
  /** Measures how long reader and software take between two commands. */
  class TimedCard extends SimCard {
    override async transmit(command: Uint8Array): Promise<Uint8Array> {
      if (!Number.isNaN(answeredAt)) gaps.push(performance.now() - answeredAt);
      const response = await super.transmit(command);
      answeredAt = performance.now();
      return response;
    }
  }
  await holdCard(new TimedCard(fixture.card));
  await succeed('pkcs15-tool', '--read-certificate', '01');
  gaps.sort((a, b) => a - b);
  expect(gaps.length).toBeGreaterThan(20);
  // 40 ms is the least that Linux delays an acknowledgement; the fastest quarter is free of any load.
  expect(gaps[Math.floor(gaps.length / 4)]).toBeLessThan(30);
});

describe('pcscd', () => {
  test('listens on loopback only', async () => {
    expect(await vpcdIsReachable(pcscd.port)).toBe(true);
    const end = pcscd.port.toString(16).toUpperCase().padStart(4, '0');
    const sockets = await readFile('/proc/net/tcp', 'latin1');
    expect(sockets).toContain(`0100007F:${end}`);
    expect(sockets).not.toContain(`00000000:${end}`);
  });

  test('is private: two run side by side, and only one sees the card', async () => {
    const other = await startPcscd({ directory: join(directory, 'other, with spaces') });
    try {
      await hold();
      const { output } = await run(
        'env',
        ...Object.entries(other.env).map(([k, v]) => `${k}=${v}`),
        'opensc-tool',
        '--list-readers',
      );
      expect(output).toContain(VPCD_READER);
      expect(output).not.toContain('Yes');
    } finally {
      await other.stop();
    }
    expect(await pcscdIsRunning(other.socket)).toBe(false);
    expect(await vpcdIsReachable(other.port)).toBe(false);
    await other.stop();
  });

  test('ends with the process that started it, also when that is killed', async () => {
    const module = new URL('../../platform-sim/pcscd.ts', import.meta.url).href;
    const script = `
      const { startPcscd } = await import(${JSON.stringify(module)});
      const { pid } = await startPcscd({ directory: ${JSON.stringify(join(directory, 'orphan'))} });
      process.stdout.write(String(pid), () => process.kill(process.pid, 'SIGKILL'));
    `;
    const { output } = await run(process.execPath, '--input-type=module', '--eval', script);
    expect(output).toMatch(/^\d+$/u);
    await expect.poll(() => isAlive(Number(output)), POLL).toBe(false);
  });

  test('that was killed leaves no card behind, and another takes its place on the same port', async () => {
    const options = { directory: join(directory, 'killed') };
    const first = await startPcscd(options);
    const card = await holdOnVpcd(new SimCard(fixture.card), { port: first.port });
    first.kill('SIGKILL');
    await Promise.all([first.exited, card.removed]);
    await first.stop();
    const second = await startPcscd({ ...options, port: first.port });
    expect(await pcscdIsRunning(second.socket)).toBe(true);
    await second.stop();
  });

  test.each([
    [
      'on a port that is taken',
      () => ({ directory: join(directory, 'taken'), port: pcscd.port }),
      /port is taken/u,
    ],
    ['in a directory where one runs', () => ({ directory }), /already/u],
    [
      'where the path is too long for a socket',
      () => ({ directory: join(directory, 'x'.repeat(100)) }),
      /107 bytes/u,
    ],
  ])('is not started %s', async (_what, options, message) => {
    await expect(startPcscd(options())).rejects.toThrow(message);
    expect(await pcscdIsRunning(pcscd.socket)).toBe(true);
  });
});
