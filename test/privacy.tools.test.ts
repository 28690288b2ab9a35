/**
 * What a gate keeps of people after an evening: its journal, its output, its ledger, its lists, its keys and everything else
 * in its state folder are searched for certificates, serial numbers, names and the PIN in every form, its memory for the PIN.
 * A card's PIN has four digits, which are everywhere by chance; the staff's has up to twelve and is typed the same way.
 */

import { randomBytes, randomInt, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPin } from '../src/staff/pin.ts';
import { CardMaker, type TestCard } from './cards.ts';
import { testAuthority, testInstitution } from './devices/institution-fixture.ts';
import { launcher, Program } from './rig/program.ts';
import { TestBrowser } from './screen/test-browser.ts';
import { tempFolder } from './store/fixtures.ts';
import { ANSWERS, type Ticket, World } from './terminal.ts';
import {
  filesBelow,
  inMemory,
  ofBytes,
  ofCertificate,
  ofSerial,
  ofText,
  Search,
  type Trace,
} from './traces.ts';

const PIN = Array.from({ length: 12 }, () => randomInt(10)).join('');
/** In the gate's environment, so in its memory. */
const PLANTED = Buffer.from(randomBytes(12).toString('hex'));
const PEOPLE = {
  granted: '東雲 左右衛門',
  twice: '五百旗頭 美津子',
  revoked: '勅使河原 勘解由',
  byStaff: '小鳥遊 真知子',
} as const;
const STAFF_TICKET = 'K-7741-2203';
const KEY_MS = 60;

describe('after an evening with taps, refusals, receipts, a clone and an entry by staff', () => {
  let world: World;
  let gate: Program;
  let state: string;
  let stranger: TestCard;
  let traces: readonly Trace[];
  /** By process, right after the PIN was typed. */
  const remembered = new Map<number, readonly string[]>();

  beforeAll(async () => {
    const cards = await CardMaker.create();
    const authority = testAuthority();
    const institution = testInstitution(authority);
    const pin = await hashPin(Buffer.from(PIN));
    const configured = `[staff]\npin = "${pin}"\n[screen]\nport = 0\n`;
    world = await World.create(cards, {}, { configured });
    const guests = await invited(cards, authority.file);
    await world.publishTrust([guests.revoked.card]);
    await world.addInstitution(institution);
    await world.publish(Object.values(guests), { assurance: 'possession' });
    const config = join(world.directory, 'gate-1.toml');
    const options = { env: { PLANTED: PLANTED.toString() } };
    gate = new Program([launcher('kazasu'), 'run', '--config', config], options);
    state = world.config.state;
    await gate.next({ event: 'institution.activated', hasKey: true });
    await gate.next({ event: 'terminal.in-service' });

    stranger = await provingCard(cards, authority.file);
    await enterByStaff();
    const typed = new Search([...ofText('PIN', PIN), { what: 'planted', bytes: PLANTED }]);
    for (const pid of gate.processes().keys()) {
      remembered.set(pid, inMemory(pid, typed));
    }
    await evening(guests, stranger);
    traces = tracesOf(cards, guests, stranger);
  });
  afterAll(async () => {
    await gate.end();
    await world.end();
  });

  async function tap(card: TestCard['card']): Promise<unknown> {
    const after = gate.lines.all.length;
    await world.hold(card);
    const answer = await gate.first((line) => ANSWERS.has(line.event), after);
    await world.remove();
    return answer['reason'] ?? answer.event;
  }

  async function evening(guests: Guests, stranger: TestCard): Promise<void> {
    const { granted, twice, revoked } = guests;
    const { userPrivateKey = '' } = stranger.card;
    const clone = { ...twice.card.card, userPrivateKey };
    const said = [
      await tap(granted.card.card),
      await tap(clone),
      await tap(twice.card.card),
      await tap(twice.card.card),
      await tap(revoked.card.card),
      await tap(stranger.card),
    ];
    expect(said).toEqual([
      'entry.granted',
      'possession-not-proved',
      'entry.granted',
      'already-entered',
      'certificate-revoked',
      'not-on-list',
    ]);
    await gate.first(() => gate.lines.count({ event: 'print.done' }) === 2);
  }

  /** As a finger does it: one key, one message. */
  async function enterByStaff(): Promise<void> {
    const { name } = await gate.next({ event: 'device.ready', device: 'screen' });
    const browser = await TestBrowser.open(String(name));
    const shows = (screen: string) =>
      browser.screen((shown) => shown.screen === screen && shown.keys.length > 0, screen);
    await shows('waiting');
    browser.press({ key: 'staff' });
    await shows('staff-pin');
    for (const [index, character] of [...PIN].entries()) {
      // No finger is as fast as the twenty keys a second that a browser may send.
      await setTimeout(KEY_MS);
      browser.press({ key: 'character', character });
      await browser.screen((shown) => shown.screen === 'staff-pin' && shown.digits === index + 1);
    }
    browser.press({ key: 'enter' });
    await shows('staff-menu');
    browser.press({ key: 'choose', choice: 'entry' });
    await shows('staff-ticket');
    for (const [index, character] of [...STAFF_TICKET].entries()) {
      await setTimeout(KEY_MS);
      browser.press({ key: 'character', character });
      const typed = STAFF_TICKET.slice(0, index + 1);
      await browser.screen((shown) => shown.screen === 'staff-ticket' && shown.typed === typed);
    }
    browser.press({ key: 'enter' });
    await shows('staff-confirm');
    browser.press({ key: 'enter' });
    await shows('staff-done');
    browser.press({ key: 'back' });
    await shows('staff-menu');
    browser.press({ key: 'back' });
    await shows('waiting');
    await browser.close();
  }

  test('nothing in the state folder names anybody: no certificate, serial number or name, and no PIN', () => {
    const files = filesBelow(state);
    for (const needed of ['ledger.db', 'journal/', 'lists/', 'keys/', 'trust/', 'institution/'])
      expect([...files.keys()].join('\n')).toContain(needed);
    const search = new Search(traces);
    const traced = [...files].map(([name, bytes]) => [name, search.in(bytes)] as const);
    expect(traced.filter(([, what]) => what.length > 0)).toEqual([]);
  });

  test('nor does anything that the gate has written for its operators', () => {
    expect(gate.stdout).toContain('"entry.granted"');
    expect(new Search(traces).in(Buffer.from(gate.stdout + gate.stderr))).toEqual([]);
  });

  test('the PIN that was typed is in the memory of no process of the gate', () => {
    expect([...remembered.keys()]).toContain(gate.pid);
    for (const traced of remembered.values()) expect(traced).toEqual(['planted']);
  });

  test('the search finds every single trace that is planted, wherever in a file it stands', () => {
    const search = new Search(traces);
    for (const [index, { what, bytes }] of traces.entries()) {
      const around = Buffer.alloc(index % 7, 0x2e);
      const found = search.in(Buffer.concat([around, bytes, around]));
      expect([what, found]).toEqual([what, expect.arrayContaining([what])]);
    }
    const folder = tempFolder();
    writeFileSync(join(folder, 'planted.pem'), new X509Certificate(stranger.der).toString());
    expect(search.in(filesBelow(folder).get('planted.pem') ?? Buffer.alloc(0))).not.toEqual([]);
  });
});

test('no unit of a terminal may write a core dump', () => {
  const folder = join(import.meta.dirname, '..', 'systemd');
  const units = readdirSync(folder).filter((name) => name.endsWith('.service'));
  expect(units).toHaveLength(2);
  for (const unit of units)
    expect(readFileSync(join(folder, unit), 'utf8')).toMatch(/^LimitCORE=0$/mu);
});

/** Of twelve octets, so that it is nowhere by chance; real ones are shorter. */
function serial(): Buffer {
  const bytes = randomBytes(12);
  bytes[0] = 0x35;
  return bytes;
}

async function provingCard(cards: CardMaker, authorityFile: Buffer): Promise<TestCard> {
  const made = await cards.card({ serial: serial() });
  return { ...made, card: { ...made.card, authorityKey: authorityFile.toString('base64') } };
}

type Guests = Readonly<Record<keyof typeof PEOPLE, Ticket>>;

async function invited(cards: CardMaker, authorityFile: Buffer): Promise<Guests> {
  const invite = async (holder: string, number: number): Promise<Ticket> => {
    const card = await provingCard(cards, authorityFile);
    return { card, ticket: `K-${number}`, seat: `A ${number}`, holder };
  };
  return {
    granted: await invite(PEOPLE.granted, 1),
    twice: await invite(PEOPLE.twice, 2),
    revoked: await invite(PEOPLE.revoked, 3),
    byStaff: { ...(await invite(PEOPLE.byStaff, 4)), ticket: STAFF_TICKET },
  };
}

/** But for what the authority says of itself and of revoked cards: its certificate and its list are public. */
function tracesOf(cards: CardMaker, guests: Guests, stranger: TestCard): readonly Trace[] {
  const held = [...Object.values(guests).map(({ card }) => card), stranger];
  const all = [
    ...ofText('PIN', PIN),
    ...ofBytes('PIN', Buffer.from(PIN)),
    ...Object.values(PEOPLE).flatMap((name) => [
      ...ofText(name, name),
      ...ofText(name, name.replace(' ', '')),
      ...ofText(name, JSON.stringify(name).replace(/[^ -~]/gu, escaped)),
    ]),
    ...held.flatMap(({ serial: number }) => ofSerial('serial number', number)),
    ...held.flatMap(({ der }) => ofCertificate('certificate', der)),
  ];
  const { caCertificate } = cards.authority;
  const isPublic = ({ bytes }: Trace) =>
    caCertificate.includes(bytes) || bytes.equals(guests.revoked.card.serial);
  return all.filter((trace) => !isPublic(trace));
}

/** As JSON may write what is not ASCII. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
