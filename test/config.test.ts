import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { stopwatch } from './rig/stopwatch.ts';

const GOOD = `profile = "gate"
name = "gate-1"
state = "./var/gate-1"
[platform]
url = "ws://127.0.0.1:8410/terminals"
[card]
driver = "pcsc"
reader = "Virtual PCD 00 00"
[receipt]
driver = "serial"
path = "/dev/ttyUSB0"
baud = 115200
[services.event-entry]
list = "stadium-2016-02-20"
`;

let directory = '';
let file = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kazasu-config-'));
  file = join(directory, 'gate.toml');
});
afterAll(() => rmSync(directory, { recursive: true }));

function problemsOf(text: string): string {
  writeFileSync(file, text);
  try {
    readConfig(file);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(file, 'gate.toml');
    throw error;
  }
  return '';
}

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

test('the documented shape is taken, with what it leaves out filled in', () => {
  writeFileSync(file, GOOD);
  expect(readConfig(file)).toMatchObject({
    profile: 'gate',
    card: { driver: 'pcsc', reader: 'Virtual PCD 00 00' },
    receipt: { driver: 'serial', baud: 115_200, paper: 80 },
    services: { 'event-entry': { list: 'stadium-2016-02-20' } },
  });
});

test('the page printer is an IPP printer of this machine, any one or the one that is named', () => {
  for (const url of ['ipp://127.0.0.1:8631/ipp/print', 'ipp://localhost/ipp', 'ipp://[::1]:631/']) {
    writeFileSync(file, `${GOOD}[page]\ndriver = "ipp"\nurl = "${url}"\n`);
    expect(readConfig(file).page).toEqual({ driver: 'ipp', url });
  }
  const uuid = 'urn:uuid:6B617A61-7375-4000-8000-000000000001';
  const named = `[page]\ndriver = "ipp"\nurl = "ipp://localhost/ipp"\nuuid = "${uuid}"\n`;
  writeFileSync(file, GOOD + named);
  expect(readConfig(file).page).toMatchObject({ uuid });
});

test('the issuer of cards can be asked online, and is not unless a service is told to', () => {
  writeFileSync(file, `${GOOD}[ocsp]\nurl = "http://127.0.0.1:8411/ocsp"\n`);
  expect(readConfig(file)).toMatchObject({
    ocsp: { url: 'http://127.0.0.1:8411/ocsp', 'certificate-id': 'sha1' },
    services: { 'event-entry': { ocsp: 'never', revocation: 'any' } },
  });
  writeFileSync(file, `${GOOD}ocsp = "when-online"\n[ocsp]\nurl = "https://ocsp.example/"\n`);
  expect(readConfig(file).services['event-entry']?.ocsp).toBe('when-online');
});

test('a terminal stands in a district, in a municipality as a whole, or nowhere', () => {
  expect(readConfig(file)).not.toHaveProperty('place');
  writeFileSync(file, `${GOOD}[place]\nmunicipality = "990029"\n`);
  expect(readConfig(file).place).toEqual({ municipality: '990029' });
  writeFileSync(file, `${GOOD}[place]\nmunicipality = "990029"\ndistrict = "kawara"\n`);
  expect(readConfig(file).place).toEqual({ municipality: '990029', district: 'kawara' });
});

/** Each names the file, the line, the key, and what would be right. */
test.each([
  [
    'a municipality that is a number',
    `${GOOD}[place]\nmunicipality = 990029\n`,
    'gate.toml:16: [place] "municipality": expected text in quotes',
  ],
  [
    'a municipality that is none',
    `${GOOD}[place]\nmunicipality = "99002"\n`,
    'gate.toml:16: [place] "municipality": six digits, like "990029"',
  ],
  [
    'a district without a municipality',
    `${GOOD}[place]\ndistrict = "kawara"\n`,
    '[place] "municipality": is missing',
  ],
  [
    'an unknown key',
    GOOD.replace('reader =', 'reeder ='),
    'gate.toml:8: [card] "reeder": unknown key; did you mean "reader"? known here: driver, reader',
  ],
  [
    'an unknown table',
    `${GOOD}[printer]\n`,
    'gate.toml:15: "printer": unknown key; known here: profile, name, state, platform, ocsp, card, receipt, keys, release, turnstile, page, payment, remote, tv-power, retention, staff, place, metrics, neighbours, transfer, screen, services',
  ],
  [
    'a key of another driver',
    GOOD.replace('driver = "serial"', 'driver = "simulated"'),
    'gate.toml:11: [receipt] "path": unknown key; known here: driver, paper',
  ],
  [
    'a key of a table that may be left out',
    `${GOOD}[metrics]\nports = 1\n`,
    'gate.toml:16: [metrics] "ports": unknown key; did you mean "port"? known here: port',
  ],
  ['a port that is none', `${GOOD}[metrics]\nport = 65536\n`, 'gate.toml:16: [metrics] "port":'],
  [
    'an unknown driver',
    GOOD.replace('"pcsc"', '"nfc"'),
    'gate.toml:7: [card] "driver": expected "pcsc" or "simulated"',
  ],
  [
    'an unknown profile',
    GOOD.replace('"gate"', '"door"'),
    'gate.toml:1: "profile": expected "gate"',
  ],
  ['a number that is text', GOOD.replace('115200', '"fast"'), 'gate.toml:12: [receipt] "baud": '],
  ['a missing key', GOOD.replace('name = "gate-1"\n', ''), 'gate.toml:1: "name": is missing; '],
  [
    'a missing key of a table',
    GOOD.replace('path = "/dev/ttyUSB0"\n', ''),
    'gate.toml:9: [receipt] "path": is missing; ',
  ],
  ['a missing table', GOOD.slice(0, GOOD.indexOf('[services')), '"services": is missing; '],
  ['a name that is none', GOOD.replace('"gate-1"', '"Gate 1"'), 'gate.toml:2: "name": '],
  [
    'an OCSP responder elsewhere that could be overheard',
    `${GOOD}[ocsp]\nurl = "http://192.0.2.1/ocsp"\n`,
    'gate.toml:16: [ocsp] "url": an address like "https://ocsp.example/"',
  ],
  ...[
    'ipp://192.0.2.1/ipp/print',
    'ipp://127.0.0.1.example/ipp/print',
    'ipp://user@127.0.0.1/ipp/print',
    'ipp://127.0.0.1:99999/ipp/print',
    'http://127.0.0.1:631/ipp/print',
    'ipp://127.0.0.1',
  ].map((url) => [
    `certificates sent to ${url}`,
    `${GOOD}[page]\ndriver = "ipp"\nurl = "${url}"\n`,
    'gate.toml:17: [page] "url": an address of this machine like "ipp://127.0.0.1:60000/ipp/print"',
  ]),
  [
    'a page printer of no such name',
    `${GOOD}[page]\ndriver = "ipp"\nurl = "ipp://localhost/ipp"\nuuid = "kiosk"\n`,
    'gate.toml:18: [page] "uuid": what the printer calls "printer-uuid"',
  ],
  [
    'a hash that no responder knows',
    `${GOOD}[ocsp]\nurl = "https://ocsp.example/"\ncertificate-id = "md5"\n`,
    'gate.toml:17: [ocsp] "certificate-id": expected "sha1" or "sha256"',
  ],
  [
    'a service that asks online without saying whom',
    `${GOOD}ocsp = "when-online"\n`,
    'gate.toml:15: [services.event-entry] "ocsp": needs the address of a responder: [ocsp] "url"',
  ],
  [
    'a gate that leads neither in nor out',
    `${GOOD}direction = "through"\n`,
    'gate.toml:15: [services.event-entry] "direction": expected "in" or "out"',
  ],
  [
    'an exit gate that waits for people to walk through',
    `${GOOD}direction = "out"\npassage = "attendant"\n`,
    'gate.toml:16: [services.event-entry] "passage": nobody waits for who goes out',
  ],
  [
    'a gate that waits for a turnstile which it does not have',
    `${GOOD}passage = "turnstile"\n`,
    'gate.toml:15: [services.event-entry] "passage": needs a turnstile',
  ],
  [
    'a turnstile that nobody waits for',
    `${GOOD}[turnstile]\ndriver = "simulated"\n`,
    'gate.toml:15: "turnstile": only beside [services.event-entry] with passage = "turnstile"',
  ],
  ...[
    ['driver = "hid"\nvendor = 0x10000\nproduct = 1', '17: [remote] "vendor": '],
    ['driver = "hid"\nvendor = 1', '15: [remote] "product": is missing; '],
    ['driver = "lirc"', '16: [remote] "driver": expected "hid" or "simulated"'],
    [
      'driver = "simulated"\n[remote.keys]\nblau = "keyboard:0x3a"',
      '18: [remote.keys] "blau": unknown key; did you mean "blue"? known here: up, ',
    ],
    [
      'driver = "simulated"\n[remote.keys]\nblue = "F1"',
      '18: [remote.keys] "blue": a usage like "keyboard:0x29"',
    ],
    [
      'driver = "simulated"\n[remote.keys]\nred = "keyboard:0x3a"\nblue = "keyboard:0x3a"',
      '18: [remote.keys] "red": "blue" has it already',
    ],
  ].map(([text = '', problem = '']) => [
    `a remote control with ${text}`,
    `${GOOD}[remote]\n${text}\n`,
    `gate.toml:${problem}`,
  ]),
  [
    'a television behind any program',
    `${GOOD}[tv-power]\ndriver = "cec"\npath = "/dev/ttyUSB0"\n`,
    'gate.toml:17: [tv-power] "path": an adapter like "/dev/cec0"',
  ],
  [
    'a platform elsewhere',
    GOOD.replace('127.0.0.1', '192.0.2.1'),
    'gate.toml:5: [platform] "url": ',
  ],
  ['a table that is a list of tables', GOOD.replace('[card]', '[[card]]'), 'gate.toml:6: "card": '],
  [
    'a date',
    GOOD.replace('"gate-1"', '2016-02-20'),
    'gate.toml:2: "name": expected text in quotes',
  ],
  ['a baud rate that is none', GOOD.replace('115200', 'nan'), 'expected a number'],
  [
    'paper of another width',
    GOOD.replace('baud =', 'paper = 81\nbaud ='),
    'gate.toml:12: [receipt] "paper": expected 80 or 58',
  ],
  ['a state folder of blanks', GOOD.replace('./var/gate-1', '  '), '"state": a path'],
  ['a path with a NUL', GOOD.replace('/dev/ttyUSB0', '/dev/\\u0000'), '"path": a path'],
  ['a gate that can not be printed', `${GOOD}gate = "\\u001b@"\n`, '"gate": a name of '],
  ['a gate of blanks', `${GOOD}gate = "　 "\n`, '"gate": a name of '],
  ['a key of every object', `__proto__.x = 1\n${GOOD}`, 'gate.toml:1: "__proto__": unknown key'],
  ['one in a table', `${GOOD}x = { constructor.y = 1 }`, '"constructor": unknown key'],
  [
    'brackets without end',
    `x = ${'['.repeat(9_000)}${']'.repeat(9_000)}`,
    'gate.toml: it is nested too deeply',
  ],
  ['a large file', `#${'x'.repeat(100_000)}\n${GOOD}`, 'it has more than 65536 bytes'],
  ['no TOML', 'profile = "gate"\nname = \n', 'gate.toml:3: not TOML: '],
  ['a key that is there twice', `${GOOD}list = "other"\n`, 'gate.toml:15: not TOML: '],
])('%s is named by file, line and key, with what would be right', (_what, text, said) => {
  expect(problemsOf(text)).toContain(said);
});

const VENUE = GOOD.replace('ws://127.0.0.1:8410', 'wss://platform.example');

test('other gates of the venue are addresses; one of this machine’s is where they call', () => {
  const table =
    'listen = "10.0.20.11:8402"\ngates = ["10.0.20.12:8402", "[fd00::1]:8402", "gate-3:1"]';
  writeFileSync(file, `${VENUE}[neighbours]\n${table}\ndiscover = "mdns"\n`);
  expect(readConfig(file).neighbours).toEqual({
    listen: { host: '10.0.20.11', port: 8_402 },
    gates: [
      { host: '10.0.20.12', port: 8_402 },
      { host: '[fd00::1]', port: 8_402 },
      { host: 'gate-3', port: 1 },
    ],
    discover: 'mdns',
  });
});

test.each([
  [
    GOOD,
    'discover = "mdns"',
    'gate.toml:15: "neighbours": needs a terminal that is enrolled: [platform] "url" with wss://',
  ],
  [VENUE, '', 'gate.toml:15: "neighbours": expected "listen", "gates" or "discover"'],
  [VENUE, 'listen = "0.0.0.0:8402"', '[neighbours] "listen": an IP address of this machine'],
  [VENUE, 'listen = "gate-1:8402"', '[neighbours] "listen": an IP address of this machine'],
  [VENUE, 'gates = ["10.0.20.12"]', 'an address like "10.0.20.11:8402"'],
  [VENUE, 'gates = ["10.0.20.12:70000"]', 'an address like "10.0.20.11:8402"'],
  [VENUE, 'gates = ["[::x]:1"]', 'an address like "10.0.20.11:8402"'],
  [VENUE, 'found = "mdns"', 'unknown key'],
  [
    VENUE.replace(
      '[services.event-entry]\nlist = "stadium-2016-02-20"',
      '[services.age-check]\nage = 20',
    ),
    'discover = "mdns"',
    'readers of a shelter of who is there: only beside [services.event-entry] or [services.evacuation-shelter]',
  ],
])('neighbours: %#', (text, table, problem) => {
  expect(problemsOf(`${text}[neighbours]\n${table}\n`)).toContain(problem);
});

test('several problems are all told at once', () => {
  const text = GOOD.replace('reader =', 'reeder =').replace('baud =', 'bawd =');
  expect(problemsOf(text).split('\n')).toHaveLength(2);
});

test('a file of another kind is told in a few lines, soon', () => {
  const took = stopwatch();
  const keys = Array.from({ length: 5_000 }, (_, at) => `k${at} = 1`).join('\n');
  expect(problemsOf(`${GOOD}${keys}`).split('\n').length).toBeLessThanOrEqual(20);
  expect(took()).toBeLessThan(4_000);
});

test('what an editor on Windows puts before and between the lines does not matter', () => {
  expect(problemsOf(`\ufeff${GOOD.replaceAll('\n', '\r\n')}`)).toBe('');
});

test('bytes that are no UTF-8 are refused, for they would end up on the paper', () => {
  writeFileSync(file, Buffer.from(`${GOOD}gate = "Süd"\n`, 'latin1'));
  expect(() => readConfig(file)).toThrow(/gate\.toml: can't be read: .*utf-8/u);
});

test.each(['/dev/zero', '/dev', '/dev/null'])('%s is no configuration', (path) => {
  expect(() => readConfig(path)).toThrow(ConfigError);
});

test('a file that is not there says so', () => {
  expect(() => readConfig(join(directory, 'no.toml'))).toThrow(ConfigError);
});

const COUNTER = `profile = "counter"
name = "counter-1"
state = "./var/counter-1"
[platform]
url = "ws://127.0.0.1:8410/terminals"
[card]
driver = "simulated"
[services.age-check]
age = 20
`;

test('a counter needs no printer; the age check asks for no PIN unless told', () => {
  writeFileSync(file, COUNTER);
  const config = readConfig(file);
  expect(config.services).toEqual({
    'age-check': { age: 20, pin: 'never', assurance: 'identified' },
  });
  expect(config.receipt).toBeUndefined();
});

test.each([
  ['an age that nobody has', COUNTER.replace('20', '151'), 'gate.toml:9: [services.age-check]'],
  [
    'a PIN now and then',
    `${COUNTER}pin = "sometimes"\n`,
    'gate.toml:10: [services.age-check] "pin": expected "never" or "always"',
  ],
  [
    'no service',
    COUNTER.replace(/\[services[\s\S]*/u, '[services]\n'),
    'gate.toml:8: "services": a terminal has one service so far: [services.event-entry] or [services.age-check]',
  ],
  [
    'two services',
    `${GOOD}[services.age-check]\nage = 20\n`,
    '"services": a terminal has one service so far',
  ],
  [
    'event entry without a printer',
    GOOD.replace(/\[receipt\][^[]*/u, ''),
    '"receipt": is missing; event entry prints seat tickets: expected a table with a "driver"',
  ],
  [
    'a shelter that could seal nothing to its municipality',
    COUNTER.replace(
      /\[services.*$/su,
      '[services.evacuation-shelter]\nshelter = "s"\nname = "汐見小学校"\ncapacity = 1\nlist = "l"\n',
    ),
    '[services.evacuation-shelter] "municipality-key": is missing; expected text in quotes',
  ],
  [
    'staff where nothing waits for them',
    `${COUNTER}[staff]\n`,
    'gate.toml:10: "staff": nothing waits for staff here: only beside [services.event-entry], [services.family-register] or [services.evacuation-shelter]',
  ],
])('%s is told with what would be right', (_, text, problem) => {
  expect(problemsOf(text)).toContain(problem);
});
