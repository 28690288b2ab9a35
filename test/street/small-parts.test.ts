/** Requests, the journal's memory, the swapped card: what the street is put together from. */

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Authority } from '../../platform-sim/authority.ts';
import { PEOPLE } from '../../platform-sim/people.ts';
import { TerminalJournal } from '../../platform-sim/street/journal.ts';
import { PinCounters } from '../../platform-sim/street/pin-counters.ts';
import { parseRequest } from '../../platform-sim/street/requests.ts';
import { SCENARIOS } from '../../platform-sim/street/scenarios/index.ts';
import { swappedMidway } from '../../platform-sim/street/swapped-card.ts';
import { maskedName } from '../../src/domain/masked-name.ts';

test('whatever is asked, a request is one of the known ones or refused in words', () => {
  expect(parseRequest({ do: 'hold', who: 'sato-hanako' })).toEqual({
    do: 'hold',
    who: 'sato-hanako',
  });
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(() => parseRequest(value)).toThrow(/./u);
    }),
  );
  expect(parseRequest({ do: 'assurance', level: 'identified' })).toMatchObject({ do: 'assurance' });
  expect(() => parseRequest({ do: 'assurance', level: 'possession+pin' })).toThrow(/possession/u);
  expect(() => parseRequest({ do: 'hold', who: 'a'.repeat(61) })).toThrow(/small letters/u);
  expect(() => parseRequest({ do: 'tap', who: 'sato-hanako', card: {} })).toThrow(/card/u);
});

test('whoever waits for a line of the journal may come late, and hears nothing of before the mark', async () => {
  const journal = new TerminalJournal();
  journal.push({ event: 'one' });
  const since = journal.mark();
  journal.push({ event: 'two' });
  const awaited = { since, limitMs: 1_000, what: 'a line' };
  expect(await journal.next(() => true, awaited)).toEqual({ event: 'two' });
  const coming = journal.next(({ event }) => event === 'three', { limitMs: 10_000, what: 'three' });
  journal.push({ event: 'three' });
  expect(await coming).toEqual({ event: 'three' });
});

test('a journal without end is not kept without end, and marks go on meaning the same place', () => {
  const journal = new TerminalJournal();
  for (let line = 0; line < 6_000; line += 1) journal.push({ event: String(line) });
  const since = journal.mark();
  journal.push({ event: 'last' });
  expect(journal.since(since)).toEqual([{ event: 'last' }]);
  expect(journal.since(0)).toHaveLength(5_000);
});

test("a card swapped midway begins as its owner's, ends as the other's, and its signature fits nobody", async () => {
  const authority = await Authority.create();
  const [first, second] = await Promise.all(
    [1, 2].map(async () => {
      const { der } = await authority.issueUserCertificate({});
      return { kind: 'my-number' as const, userCertificate: der.toString('base64') };
    }),
  );
  if (first === undefined || second === undefined) throw new Error('two cards');
  const swapped = Buffer.from(swappedMidway(first, second).userCertificate ?? '', 'base64');
  const own = Buffer.from(first.userCertificate, 'base64');
  expect(swapped.subarray(0, 300)).toEqual(own.subarray(0, 300));
  expect(swapped).not.toEqual(own);
  const ca = new X509Certificate(authority.caCertificate);
  expect(new X509Certificate(own).verify(ca.publicKey)).toBe(true);
  expect(new X509Certificate(swapped).verify(ca.publicKey)).toBe(false);
});

test('a chip remembers how often its PIN and password may be wrong, until its municipality resets it', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'kazasu-tries-')), 'pin-tries.json');
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  const counters = new PinCounters(file);
  const never = { pinTriesLeft: 3, passwordTriesLeft: 5 };
  expect(counters.of('sato-hanako')).toEqual(never);
  counters.keep('sato-hanako', { pinTriesLeft: 1, passwordTriesLeft: 5 });
  counters.keep('sato-hanako', { passwordTriesLeft: 0 });
  counters.keep('sato-hanako', {});
  const later = new PinCounters(file);
  expect(later.of('sato-hanako')).toEqual({ pinTriesLeft: 1, passwordTriesLeft: 0 });
  expect(later.of('kazami-taro')).toEqual(never);
  later.reset('sato-hanako');
  expect(new PinCounters(file).of('sato-hanako')).toEqual(never);
  for (const other of ['{"sato-hanako": 1}', '{"sato-hanako": {"pinTriesLeft": 9}}', '{']) {
    writeFileSync(file, other);
    expect(new PinCounters(file).of('sato-hanako')).toEqual(never);
  }
});

test('every scenario has a name of its own and says in both languages what went wrong, and where', () => {
  expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  for (const { name, title, incident, source } of SCENARIOS) {
    expect(name).toMatch(/^[a-z0-9-]+$/u);
    for (const words of [title, incident, ...(source === null ? [] : [source])]) {
      expect(words.ja.length).toBeGreaterThan(1);
      expect(words.en).toMatch(/^[\x20-\x7e]+$/u);
    }
  }
});

test('every resident has two names, so that a screen can mask each', () => {
  for (const { name } of PEOPLE) expect(maskedName(name)).toMatch(/^\S{1,2} \S{1,2}$/u);
});
