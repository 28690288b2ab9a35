/**
 * A stranger sets up a gate by the documents: an authority and cards of their own, made with openssl, the platform's
 * command line, the documented configuration, real processes on the real card stack. Nothing comes from our own authority.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CardDefinition, SimCard } from '../../devices/card/sim-card.ts';
import { holdOnVpcd } from '../../devices/card/vpcd.ts';
import { SimPrinter } from '../../devices/receipt/sim-printer.ts';
import { type Pcscd, startPcscd } from '../../platform-sim/pcscd.ts';
import { startPtyPrinter } from '../../platform-sim/pty-printer.ts';
import { readPaper, readQrCode } from '../devices/escpos-oracle.ts';
import type { Line } from '../journal-lines.ts';
import { type IssueSettings, OpensslAuthority } from '../rig/openssl.ts';
import { jsonLines, launcher, Program, type ProgramOptions, succeed } from '../rig/program.ts';
import { withSite } from '../rig/site.ts';
import { ANSWERS } from '../terminal.ts';

const LIST = 'stadium-2016-02-20';

vi.setConfig({ testTimeout: 300_000 });

/** Who comes, the certificate, and what has to be said to them. */
const VISITORS: Readonly<Record<string, readonly [IssueSettings, decision: string]>> = {
  hanako: [{}, 'granted'],
  kurvy: [{ key: ['ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1'] }, 'granted'],
  uninvited: [{}, 'not-on-list'],
  revoked: [{}, 'certificate-revoked'],
  expired: [{ dates: ['20200101000000Z', '20250101000000Z'] }, 'certificate-expired'],
  early: [{ dates: ['20900101000000Z', '20950101000000Z'] }, 'certificate-not-yet-valid'],
  signing: [{ profile: 'sign' }, 'certificate-not-for-authentication'],
};

/** Keeps what it was sent, for the oracle. */
class RecordingPrinter extends SimPrinter {
  readonly #received: Buffer[] = [];

  override receive(bytes: Uint8Array): void {
    this.#received.push(Buffer.from(bytes));
    super.receive(bytes);
  }

  /** What has come since the last call, without requests for status: real-time commands stand between others only. */
  takeJob(): Uint8Array {
    const all = Buffer.concat(this.#received.splice(0)).toString('latin1');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: DLE EOT n
    return Buffer.from(all.replaceAll(/\x10\x04[\x01-\x04]/gu, ''), 'latin1');
  }
}

/** The working directory of everything: the state folders are where the documents say. */
let here = '';
let cleanUps: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'kazasu-stranger-'));
  cleanUps = [() => rm(here, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

function start(
  name: 'kazasu' | 'kazasu-platform',
  args: readonly string[],
  options: ProgramOptions = {},
): Program {
  const program = new Program([launcher(name), ...args], { cwd: here, ...options });
  cleanUps.push(() => program.end());
  return program;
}

function platformCommand(...args: readonly string[]): Promise<string> {
  return succeed([launcher('kazasu-platform'), ...args], { cwd: here });
}

function kazasuCommand(...args: readonly string[]): Promise<string> {
  return succeed([launcher('kazasu'), ...args], { cwd: here });
}

async function startDevices(): Promise<{ pcscd: Pcscd; printer: RecordingPrinter; path: string }> {
  const pcscd = await startPcscd({ directory: join(here, 'pcscd') });
  cleanUps.push(() => pcscd.stop());
  const printer = new RecordingPrinter();
  const line = await startPtyPrinter({ directory: here, printer });
  cleanUps.push(() => line.stop());
  return { pcscd, printer, path: line.path };
}

/** An authority, its visitors' cards, and a CRL, published with the list of who has a ticket. */
async function publish(): Promise<OpensslAuthority> {
  const authority = await OpensslAuthority.create(join(here, 'authority'));
  for (const [name, [settings]] of Object.entries(VISITORS)) await authority.issue(name, settings);
  await authority.revoke('revoked');
  await authority.makeCrl();
  await platformCommand('trust', 'add', '--ca', 'authority/CA.pem', '--crl', 'authority/CRL.pem');
  const invited = Object.keys(VISITORS).filter((name) => name !== 'uninvited');
  const rows = invited.map((name, index) => {
    const file = `authority/${name}.${index % 2 === 0 ? 'pem' : 'der'}`;
    return `${file},T-${name},"B 12列 ${index}番",招待 ${name},`;
  });
  const csv = ['certificate,ticket,seat,holder,party', ...rows, ''].join('\r\n');
  await writeFile(join(here, 'tickets.csv'), csv);
  const list = ['--list', LIST, '--csv', 'tickets.csv', '--title', '春の音楽祭 髙﨑公演'];
  await platformCommand('list', 'import', ...list);
  return authority;
}

function configuration(port: unknown, printer: string): string {
  return `profile = "gate"
name = "gate-1"
state = "./var/gate-1"
[platform]
url = "ws://127.0.0.1:${port}/terminals"
[card]
driver = "pcsc"                 # pcsc | simulated
reader = "Virtual PCD 00 00"    # optional: the first reader whose name begins so
[receipt]
driver = "serial"               # serial | simulated
path = ${JSON.stringify(printer)}
baud = 115200
[services.event-entry]
list = "${LIST}"
`;
}

async function cardOf(authority: OpensslAuthority, name: string): Promise<CardDefinition> {
  const read = (file: string) => readFile(join(authority.directory, file));
  const [certificate, key] = await Promise.all([read(`${name}.der`), read(`${name}.key`)]);
  return {
    kind: 'my-number',
    userCertificate: certificate.toString('base64'),
    userPrivateKey: key.toString('utf8'),
  };
}

/** Holds the card over the reader until the gate has answered. */
async function tap(gate: Program, pcscd: Pcscd, card: CardDefinition): Promise<Line> {
  const after = gate.lines.all.length;
  const held = await holdOnVpcd(new SimCard(card), { port: pcscd.port });
  try {
    return await gate.first(({ event }) => ANSWERS.has(event), after);
  } finally {
    await held.remove();
  }
}

test('with an authority, cards and a list of their own, by the documents alone, the gate serves', async () => {
  const { pcscd, printer, path } = await startDevices();
  const authority = await publish();
  const platform = start('kazasu-platform', ['serve', '--port', '0']);
  const { port } = await platform.next({ event: 'platform.ready' });
  const told = start('kazasu-platform', ['facts', '--follow']);
  await writeFile(join(here, 'gate.toml'), configuration(port, path));
  expect(await kazasuCommand('check-config', 'gate.toml')).toBe('gate.toml: ok (gate "gate-1")\n');
  const gate = start('kazasu', ['run', '--config', 'gate.toml'], { env: pcscd.env });
  await gate.next({ event: 'terminal.in-service' });
  await gate.next({ event: 'device.condition', device: 'receipt', condition: 'ready' });
  await gate.next({ event: 'device.ready', device: 'receipt' });

  printer.takeJob();
  const answers = new Map<string, Line>();
  for (const [name, [, decision]] of Object.entries(VISITORS)) {
    const answer = await tap(gate, pcscd, await cardOf(authority, name));
    answers.set(name, answer);
    expect([name, answer['reason'] ?? 'granted']).toEqual([name, decision]);
    if (decision !== 'granted') continue;
    await gate.next({ event: 'print.done', ticket: `T-${name}` });
    const paper = readPaper(printer.takeJob());
    const text = paper.texts.map((piece) => piece.text).join('\n');
    expect(text).toContain('座席券');
    expect(text).toContain(`T-${name}`);
    expect(text).toMatch(name === 'hanako' ? /12列 0番/u : /12列 1番/u);
    expect(text).not.toContain('招待');
    expect(readQrCode(paper)).toBe(`T-${name}`);
    expect(paper.cuts).toBe(1);
  }
  expect(answers.get('hanako')).toMatchObject({ revocation: 'checked', listAge: 'fresh' });

  await theFactsAreTold(told, gate);
  await theJournalIsKept(gate);
  const [second] = await secondStart(gate, pcscd);
  expect(second).toMatchObject({ trust: 'first-contact', terminal: 'gate-1', list: LIST });
});

/** One line a fact: what every fact has, and its own fields. */
async function theFactsAreTold(told: Program, gate: Program): Promise<void> {
  const facts = gate.lines.all.filter((line) => line['seq'] !== undefined);
  await told.next({ event: facts.at(-1)?.event ?? '', seq: facts.length });
  const [first] = told.lines.all;
  for (const [index, fact] of told.lines.all.entries()) {
    expect(fact).toMatchObject({ terminal: 'gate-1', epoch: first?.['epoch'], seq: index + 1 });
    expect(Math.abs(Date.parse(String(fact['at'])) - Date.now())).toBeLessThan(600_000);
  }
  expect(told.lines.all.map(({ event, at }) => ({ event, at }))).toEqual(
    facts.map(({ event, at }) => ({ event, at })),
  );
  expect(told.lines.all[0]).toMatchObject({
    event: 'entry.granted',
    ticket: 'T-hanako',
    list: LIST,
    assurance: 'identified',
  });
  expect(told.lines.count({ event: 'entry.refused', reason: 'certificate-revoked' })).toBe(1);
  expect(told.lines.count({ event: 'print.done', ticket: 'T-kurvy', paper: 'gate-1-000002' })).toBe(
    1,
  );
  // Without --follow it ends by itself, with the same lines.
  expect(jsonLines(await platformCommand('facts'))).toEqual(told.lines.all);
  expect(await told.end()).toBe(0);
}

async function theJournalIsKept(gate: Program): Promise<void> {
  const kept = jsonLines(await kazasuCommand('journal', '--state', 'var/gate-1'));
  expect(kept).toEqual(gate.lines.all.slice(0, kept.length));
  expect(kept.length).toBeGreaterThan(10);
  await kazasuCommand('journal', '--state', 'var/gate-1', '--export', 'journal.jsonl');
  const exported = jsonLines(await readFile(join(here, 'journal.jsonl'), 'utf8'));
  expect(exported.slice(0, kept.length)).toEqual(kept);
  // Neither what the list says of a holder nor what the certificate says of its own.
  const personal = /招待|12345678ABCDEFG|CERTIFICATE/u;
  expect(gate.lines.all.filter((line) => personal.test(JSON.stringify(line)))).toEqual([]);
  expect(gate.stderr).not.toMatch(personal);
}

/** Ends the gate in order and starts it again. */
async function secondStart(gate: Program, pcscd: Pcscd): Promise<[Line, Program]> {
  expect(await gate.end()).toBe(0);
  const second = start('kazasu', ['run', '--config', 'gate.toml'], { env: pcscd.env });
  return [await second.next({ event: 'terminal.ready' }), second];
}

test('an authority on an elliptic curve, with the CRL that openssl makes unasked, is taken', () =>
  withSite({}, async (site) => {
    const ec = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const authority = await OpensslAuthority.create(join(here, 'authority'), { key: ec });
    for (const name of ['hanako', 'revoked']) await authority.issue(name);
    await authority.revoke('revoked');
    await authority.makeCrl({ withKeyId: false });
    const file = (name: string) => join(authority.directory, name);
    await site.platformCommand('trust', 'add', '--ca', file('CA.pem'), '--crl', file('CRL.pem'));
    await writeFile(
      file('tickets.csv'),
      'certificate,ticket,seat\nhanako.pem,T-1,A 1\nrevoked.pem,T-2,A 2\n',
    );
    await site.platformCommand('list', 'import', '--list', LIST, '--csv', file('tickets.csv'));
    await site.openGate();
    expect(site.gate.lines.count({ event: 'trust.rejected' })).toBe(0);
    const answers = [];
    for (const name of ['hanako', 'revoked']) {
      answers.push(await site.tap(await cardOf(authority, name)));
    }
    expect(answers).toMatchObject([
      { event: 'entry.granted', revocation: 'checked' },
      { event: 'entry.refused', reason: 'certificate-revoked' },
    ]);
  }));
