import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRequest } from '../../src/pki/issuing.ts';
import { nextKey, signerOf } from '../link/enrolled.ts';
import { BareTerminal, Chain, DEADLINE_MS } from './bare-terminal.ts';
import { TestPlatform, tickets } from './test-platform.ts';
import { ask, linkCredentials } from './tls-client.ts';

const LISTS = { lists: ['stadium'] };

let platform: TestPlatform;

beforeEach(async () => {
  platform = await TestPlatform.start();
  await platform.publish(tickets(1));
});

afterEach(() => platform.stop());

function headsOf(terminal: BareTerminal): number {
  return terminal.frames.filter(({ frame }) => frame === 'head').length;
}

/** Resolves when the running platform has told this version to whoever it is for. */
async function publishAgain(version: number): Promise<void> {
  await platform.publish(tickets(version));
  const told = expect.objectContaining({ event: 'list.published', list: 'stadium', version });
  await expect.poll(() => platform.logged, { timeout: DEADLINE_MS }).toContainEqual(told);
}

function reasons(terminal = 'gate-1'): string[] {
  return platform.stores.terminals.quarantineOf(terminal).map(({ why }) => why);
}

/** Enrolled past the network: what its TLS connections show. */
async function enrolled(name: string) {
  const { keys, terminals } = platform.stores;
  const [key, now] = [nextKey(), Date.now()];
  const { secret } = terminals.add(name, false, now);
  const request = await makeRequest(name, signerOf(key));
  const answer = terminals.enrol(keys, { terminal: name, secret, request }, now);
  if (answer.result !== 'enrolled') throw new Error(answer.reason);
  return linkCredentials({ name, key, certificate: Buffer.from(answer.certificate, 'base64') });
}

test('a copy that goes on by itself is heard and kept apart, and gets no list and no key', async () => {
  const chain = new Chain().add().add();
  const original = await BareTerminal.greet(platform.url, chain, LISTS);
  await original.tell(chain);
  const heads = headsOf(original);
  expect(heads).toBeGreaterThan(0);
  const twin = chain.fork(1).add({ other: 2 });
  const copy = await BareTerminal.greet(platform.url, twin, LISTS);
  expect(await copy.tell(twin)).toBe(2);
  expect(headsOf(copy)).toBe(0);
  expect(reasons()).toEqual(['fork']);
  expect(platform.stores.facts.terminals()[0]).toMatchObject({ upto: 2, quarantined: 1 });

  // The first one is neither cut off nor unheard; it gets nothing new either, for it may be the copy.
  await publishAgain(2);
  expect(await original.tell(chain.add(), 3)).toBe(3);
  expect(await copy.tell(twin.add({ other: 3 }), 3)).toBe(3);
  expect([headsOf(original), headsOf(copy)]).toEqual([heads, 0]);
  expect(platform.stores.facts.terminals()[0]).toMatchObject({ upto: 3, quarantined: 2 });
});

test('a copy of the same length shows at hello, before it tells a fact', async () => {
  const chain = new Chain().add().add();
  await (await BareTerminal.greet(platform.url, chain)).tell(chain);
  const copy = await BareTerminal.greet(platform.url, chain.fork(1).add({ other: 2 }), LISTS);
  expect(reasons()).toEqual(['fork']);
  expect(headsOf(copy)).toBe(0);
});

test('a copy that shows by its facts alone gets nothing from then on', async () => {
  const chain = new Chain().add().add();
  await (await BareTerminal.greet(platform.url, chain)).tell(chain);
  const twin = chain.fork(1).add({ other: 2 }).add({ other: 3 });
  const copy = await BareTerminal.greet(platform.url, twin, LISTS);
  await copy.tell(twin);
  const heads = headsOf(copy);
  expect(heads).toBeGreaterThan(0);
  expect(reasons()).toEqual(['fork']);
  await publishAgain(2);
  await copy.tell(twin.add({ other: 4 }), 4);
  expect(headsOf(copy)).toBe(heads);
  const again = await BareTerminal.greet(platform.url, twin, LISTS);
  expect(headsOf(again)).toBe(0);
});

test('a boot number that goes back shows an older copy; both stay connected', async () => {
  const chain = new Chain().add();
  const original = await BareTerminal.greet(platform.url, chain, { boot: 7 });
  await original.tell(chain);
  const copy = await BareTerminal.greet(platform.url, chain, { boot: 6 });
  expect(reasons()).toEqual(['boot-went-back']);
  expect(await original.tell(chain.add(), 2)).toBe(2);
  expect(await copy.tell(chain, 1)).toBe(2);
});

test('a ledger that merely went back is noted, and no copy', async () => {
  const chain = new Chain().add().add();
  await (await BareTerminal.greet(platform.url, chain)).tell(chain);
  const restored = await BareTerminal.greet(platform.url, chain.fork(1), LISTS);
  await restored.next('head');
  expect(reasons()).toEqual([]);
  expect(platform.stores.facts.terminals()[0]?.suspected).toEqual(['ledger-went-back']);
});

test('a newer socket of the same ledger takes over, as before', async () => {
  const chain = new Chain().add();
  const first = await BareTerminal.greet(platform.url, chain);
  await BareTerminal.greet(platform.url, chain);
  expect(await first.closed).toBe(4001);
  expect(reasons()).toEqual([]);
});

test('who is not the terminal takes over nothing in its name', async () => {
  const [mine, other] = [await enrolled('gate-1'), await enrolled('gate-2')];
  const chain = new Chain().add();
  const terminal = await BareTerminal.connect(platform.secureUrl, mine);
  terminal.hello(chain);
  await terminal.next('welcome');
  const strangers = [
    await BareTerminal.connect(platform.secureUrl, other),
    await BareTerminal.connect(platform.url),
  ];
  for (const stranger of strangers) stranger.hello(chain);
  expect(await Promise.all(strangers.map(({ closed }) => closed))).toEqual([4003, 4003]);
  expect(await terminal.tell(chain)).toBe(1);
});

test('a hello that comes behind that of the next start of its machine is late, and no copy', async () => {
  const early = await BareTerminal.connect(platform.url);
  const chain = new Chain().add();
  const terminal = await BareTerminal.greet(platform.url, chain, { boot: 8 });
  early.hello(chain, { boot: 7 });
  expect(await early.closed).toBe(4001);
  expect(reasons()).toEqual([]);
  expect(await terminal.tell(chain)).toBe(1);
});

test('what was withheld comes as soon as somebody releases it', async () => {
  const chain = new Chain().add();
  await (await BareTerminal.greet(platform.url, chain, { boot: 7 })).leave();
  const left = await BareTerminal.greet(platform.url, chain, { ...LISTS, boot: 6 });
  expect(headsOf(left)).toBe(0);
  platform.stores.terminals.release('gate-1');
  platform.stores.facts.forgetBoot('gate-1');
  await left.next('head');
  const back = await BareTerminal.greet(platform.url, chain, { ...LISTS, boot: 6 });
  await back.next('head');
  expect(reasons()).toEqual([]);
  expect(() => platform.stores.terminals.release('gate-1')).toThrow(/not in quarantine/u);
});

test('an enrolled name in quarantine fetches no object and renews nothing; another name is not touched', async () => {
  const [mine, other] = [await enrolled('gate-1'), await enrolled('gate-2')];
  platform.stores.terminals.quarantine('gate-1', 'fork', Date.now());
  const port = Number(new URL(platform.secureUrl).port);
  const path = `/objects/${'0'.repeat(64)}`;
  expect(await ask(port, path, mine)).toMatchObject({ status: 403, refused: 'quarantined' });
  expect(await ask(port, path, other)).toMatchObject({ status: 404 });

  const chain = new Chain().add();
  const terminal = await BareTerminal.connect(platform.secureUrl, mine);
  terminal.hello(chain);
  await terminal.next('welcome');
  const request = await makeRequest('gate-1', signerOf(nextKey()));
  terminal.send({ frame: 'renew', request: request.toString('base64') });
  expect(await terminal.tell(chain)).toBe(1);
  expect(terminal.frames.filter(({ frame }) => frame === 'renewed')).toEqual([]);
});

test('revocation ends every socket of the name', async () => {
  const shown = await enrolled('gate-1');
  const chain = new Chain().add();
  const connect = async (boot: number) => {
    const terminal = await BareTerminal.connect(platform.secureUrl, shown);
    terminal.hello(chain, { boot });
    await terminal.next('welcome');
    return terminal;
  };
  const both = [await connect(7), await connect(6)];
  platform.stores.terminals.revoke('gate-1', Date.now());
  const late = new Promise<string>((resolve) => setTimeout(resolve, DEADLINE_MS, 'open').unref());
  const codes = both.map(({ closed }) => Promise.race([closed, late]));
  expect(await Promise.all(codes)).toEqual([4003, 4003]);
});
