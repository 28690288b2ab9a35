import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { enrolmentCode } from '../platform-sim/terminal-registry.ts';
import { type Config, readConfig } from '../src/config.ts';
import { levelsOf } from '../src/doctor/levels.ts';
import { lookAtState } from '../src/doctor/state.ts';
import { EnrolmentError, enrolTerminal } from '../src/enrolment.ts';
import { isEnrolled, TerminalIdentity } from '../src/link/identity.ts';
import { pinnedPlatform, platformTrust } from '../src/link/pinned-platform.ts';
import { openLedger } from '../src/state-folder.ts';
import { DiskFullError } from '../src/store/disk.ts';
import { SoleOwner } from '../src/store/sole-owner.ts';
import { MemoryKeys } from './link/enrolled.ts';
import { TestPlatform } from './platform/test-platform.ts';

let platform: TestPlatform;
let other: TestPlatform;
let directory: string;
let names = 0;

beforeAll(async () => {
  [platform, other] = [await TestPlatform.start(), await TestPlatform.start()];
});

afterAll(() => Promise.all([platform.stop(), other.stop()]));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kazasu-enrol-'));
  names += 1;
  platform.logged.length = 0;
  other.logged.length = 0;
});

afterEach(() => rm(directory, { recursive: true }));

async function configured(url = platform.secureUrl): Promise<Config> {
  const file = join(directory, 'gate.toml');
  const text = `profile = "gate"
name = "gate-${names}"
state = ${JSON.stringify(join(directory, 'state'))}
[platform]
url = "${url}"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "stadium"
`;
  await writeFile(file, text);
  return readConfig(file);
}

function codeFor(name: string, options: { again?: boolean; now?: number } = {}): string {
  const { again = false, now = Date.now() } = options;
  const { terminals, keys } = platform.stores;
  const { secret } = terminals.add(name, again, now);
  return enrolmentCode(keys.caCertificate, secret);
}

function kept<Result>(config: Config, look: (of: ReturnType<typeof openLedger>) => Result): Result {
  const opened = openLedger(config, { countsAsBoot: false });
  try {
    return look(opened);
  } finally {
    opened.ledger.close();
    opened.clock.close();
  }
}

function refusals(of: TestPlatform): unknown[] {
  return of.logged.filter(({ event }) => event === 'enrolment.refused');
}

test('a mistyped code is refused before anything is done', async () => {
  const config = await configured();
  const code = codeFor(config.name);
  const typed = `${code.slice(0, 2)}${code[2] === 'A' ? 'B' : 'A'}${code.slice(3)}`;
  await expect(enrolTerminal(config, typed)).rejects.toThrow(/group 1 of the code is mistyped/u);
  expect(platform.logged).toEqual([]);
});

test('a code for another platform is never sent to this one', async () => {
  const config = await configured(other.secureUrl);
  const attempt = enrolTerminal(config, codeFor(config.name));
  await expect(attempt).rejects.toThrow(EnrolmentError);
  await expect(attempt).rejects.toThrow(/not the platform that gave this code.*not sent/u);
  expect(other.logged).toEqual([]);
  expect(kept(config, ({ ledger }) => pinnedPlatform(ledger))).toBeNull();
});

test('an address without TLS, one where nobody is and one that never answers are told apart', async () => {
  const plain = await configured(platform.url);
  await expect(enrolTerminal(plain, codeFor(plain.name))).rejects.toThrow(/wss:\/\//u);
  const spoken = await configured(platform.url.replace('ws:', 'wss:'));
  await expect(enrolTerminal(spoken, codeFor(plain.name))).rejects.toThrow(/did not come about/u);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await new Promise((resolve) => taken.close(resolve));
  const nobody = await configured(`wss://127.0.0.1:${port}/terminals`);
  await expect(enrolTerminal(nobody, codeFor(plain.name))).rejects.toThrow(/ECONNREFUSED/u);
});

test('a wrong code, a late one and one that was used are told apart', async () => {
  const config = await configured();
  const wrong = codeFor('another-gate');
  codeFor(config.name);
  await expect(enrolTerminal(config, wrong)).rejects.toThrow(/does not take this code/u);
  const late = codeFor(config.name, { now: Date.now() - 16 * 60_000 });
  await expect(enrolTerminal(config, late)).rejects.toThrow(/older than 15 minutes/u);
  const code = codeFor(config.name);
  await enrolTerminal(config, code);
  await expect(enrolTerminal(config, code)).rejects.toThrow(/was used already/u);
  expect(refusals(platform)).toMatchObject([
    { reason: 'wrong-code' },
    { reason: 'code-expired' },
    { reason: 'code-used' },
  ]);
});

test('a running daemon keeps it from being done', async () => {
  const config = await configured();
  await mkdir(config.state, { recursive: true });
  const daemon = SoleOwner.claim(config.state);
  await expect(enrolTerminal(config, codeFor(config.name))).rejects.toThrow(/stop it first/u);
  daemon?.release();
});

test("a terminal whose facts are another platform's stays there", async () => {
  const config = await configured();
  await mkdir(config.state, { recursive: true });
  kept(config, ({ ledger }) =>
    ledger.set('platform', other.stores.keys.caCertificate.toString('base64')),
  );
  await expect(enrolTerminal(config, codeFor(config.name))).rejects.toThrow(/another platform/u);
  expect(platform.logged).toEqual([]);
  expect(kept(config, ({ ledger }) => isEnrolled(ledger))).toBe(false);
});

test('a code makes a terminal known, once: certificate, key and platform are kept', async () => {
  const config = await configured();
  const { terminal, validTo } = await enrolTerminal(config, codeFor(config.name).toLowerCase());
  expect(terminal).toBe(config.name);
  expect(Math.round((Date.parse(validTo) - Date.now()) / 86_400_000)).toBe(90);
  kept(config, ({ ledger }) => {
    expect(platformTrust(ledger)).toBe('enrolled');
    expect(pinnedPlatform(ledger)).toEqual(platform.stores.keys.caCertificate);
  });
  expect(platform.stores.terminals.standing(config.name)).toBe('enrolled');
  // What the doctor says of it, then.
  const { levels } = await lookAtState(config);
  const notAfter = Date.parse(validTo);
  expect(levels.certificate).toMatchObject({ notAfter });
  const [certificate] = levelsOf({
    ...levels,
    reader: null,
    printer: null,
    turnstile: null,
    remote: null,
    page: null,
    payment: null,
  }).filter(({ id }) => id === 'certificate');
  expect(certificate).toMatchObject({ state: 'ok', detail: expect.stringContaining('until') });
});

test('a terminal that met the platform before goes on with its facts, and may enrol again when told so', async () => {
  const config = await configured();
  await mkdir(config.state, { recursive: true });
  const { caCertificate } = platform.stores.keys;
  kept(config, ({ ledger }) => ledger.set('platform', caCertificate.toString('base64')));
  await enrolTerminal(config, codeFor(config.name));
  const identityOf = () => kept(config, ({ ledger }) => ledger.get('identity'));
  const first = identityOf();
  await enrolTerminal(config, codeFor(config.name, { again: true }));
  expect(identityOf()).not.toBe(first);
  const states = platform.stores.terminals.certificates(config.name).map(({ state }) => state);
  expect(states).toEqual(['new', 'replaced']);
});

test('whatever write fails, the same code works once there is room', async () => {
  const config = await configured();
  const { keys: platformKeys, terminals } = platform.stores;
  for (let failing = 0; ; failing += 1) {
    const name = `${config.name}-${failing}`;
    const { secret } = terminals.add(name, false, Date.now());
    const settings = new Map<string, string>();
    const keys = new MemoryKeys();
    let writes = 0;
    const enrol = async (limit: number) => {
      const write = <Done>(done: () => Done): Done => {
        writes += 1;
        if (writes > limit) throw new DiskFullError('full');
        return done();
      };
      const identity = new TerminalIdentity({
        terminal: name,
        clock: { now: () => Date.now() },
        ledger: {
          get: (key) => settings.get(key) ?? null,
          set: (key, value) => void write(() => settings.set(key, value)),
        },
        keys: {
          generate: async (label) => write(() => keys.generate(label)),
          signingKey: (label) => keys.signingKey(label),
          forget: async (label) => write(() => keys.forget(label)),
        },
      });
      const request = await identity.request();
      const answer = terminals.enrol(platformKeys, { terminal: name, secret, request }, Date.now());
      if (answer.result === 'refused') throw new Error(answer.reason);
      const certificate = Buffer.from(answer.certificate, 'base64');
      expect(await identity.takeAsOnly(certificate, platformKeys.caCertificate)).toBeNull();
      return identity;
    };
    const failed = await enrol(failing).then(
      () => false,
      (error: unknown) => {
        expect(error).toBeInstanceOf(DiskFullError);
        return true;
      },
    );
    if (!failed) break;
    const identity = await enrol(Number.POSITIVE_INFINITY).catch((error: Error) => {
      // The certificate was kept before the write that failed: there is nothing left to ask for.
      expect(error.message).toBe('code-used');
      expect(settings.get('identity')).toContain('certificate"');
      return null;
    });
    if (identity !== null) expect((await identity.credentials()).chain).toMatch(/CERTIFICATE/u);
    expect(failing).toBeLessThan(10);
  }
});
