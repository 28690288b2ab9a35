/** Stories of the gate: what the world does to it, and what people get. One process, simulated reader and printer. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Authority } from '../../platform-sim/authority.ts';
import { changeTicket } from '../../platform-sim/entry-lists.ts';
import { StaffError, undoEntry } from '../../src/staff/commands.ts';
import type { CardMaker } from '../cards.ts';
import type { Line } from '../journal-lines.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { atTheGate, hanako, LIST, type Ticket, withTerminal } from '../terminal.ts';

const DAY_MS = 86_400_000;

describe('entry', () => {
  test('a holder of a ticket is granted entry, and the seat ticket comes out without a name', () =>
    atTheGate(async ({ tap, journal, papers }, { card }) => {
      const answer = await tap(card.card);
      expect(answer).toMatchObject({
        event: 'entry.granted',
        ticket: '0042-7781',
        list: LIST,
        gate: '西ゲート',
        assurance: 'identified',
        revocation: 'checked',
        listAge: 'fresh',
        modelled: true,
      });
      expect(Object.keys(answer['ms'] as object)).toEqual(
        expect.arrayContaining(['detect', 'read', 'verify', 'lookup', 'commit', 'total']),
      );
      await journal.next({ event: 'print.done', paper: 'gate-1-000001', ticket: '0042-7781' });
      const [paper] = await papers();
      const text = paper?.text.join('\n') ?? '';
      for (const part of ['座席券', '春の音楽祭', 'B', '12列 34番', '0042-7781', 'gate-1-000001']) {
        expect(text).toContain(part);
      }
      expect(text).not.toContain('佐藤');
    }));

  test('a ticket that was used is refused with when and where, and the first fact stays', () =>
    atTheGate(async ({ tap, journal, config }, { card }) => {
      const first = await tap(card.card);
      await journal.next({ event: 'print.done' });
      const second = await tap(card.card);
      expect(second).toMatchObject({
        event: 'entry.refused',
        reason: 'already-entered',
        ticket: '0042-7781',
        first: { at: first['at'], gate: '西ゲート' },
      });
      expect(journal.count({ event: 'entry.granted' })).toBe(1);
      expect(config.name).toBe('gate-1');
    }));

  test('companions who bought together tap each with their own card, in any order', () =>
    withTerminal(
      {
        tickets: async (cards) => ({
          father: { card: await cards.card(), ticket: '1', seat: 'C 1番', party: 'P' },
          mother: { card: await cards.card(), ticket: '2', seat: 'C 2番', party: 'P' },
          child: { card: await cards.card(), ticket: '3', seat: 'C 3番', party: 'P' },
        }),
      },
      async ({ tap, ticket, journal }) => {
        await journal.next({ event: 'terminal.in-service' });
        for (const name of ['child', 'father', 'mother']) {
          const answer = await tap(ticket(name).card.card);
          expect(answer).toMatchObject({
            event: 'entry.granted',
            party: 'P',
            ticket: ticket(name).ticket,
          });
        }
      },
    ));

  test('an entry survives a restart: the same card is not admitted twice', () =>
    atTheGate(async ({ tap, journal, stop, start }, { card }) => {
      await tap(card.card);
      await journal.next({ event: 'print.done' });
      await stop();
      const before = journal.all.length;
      await start();
      await journal.next({ event: 'terminal.in-service' }, before);
      expect(await tap(card.card)).toMatchObject({ reason: 'already-entered' });
    }));

  test('staff takes an entry back, and the ticket can be used again', () =>
    atTheGate(async ({ tap, journal, config }, { card }) => {
      await tap(card.card);
      await journal.next({ event: 'print.done' });
      undoEntry(config, '0042-7781', { by: 'Mori', why: 'wrong gate' });
      await journal.next({
        event: 'entry.undone',
        ticket: '0042-7781',
        by: 'Mori',
        why: 'wrong gate',
      });
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
      expect(() => undoEntry(config, 'no-such', { by: 'Mori', why: 'typo' })).toThrow(StaffError);
    }));

  test('a ticket cancelled on the day is refused as cancelled', () =>
    atTheGate(async ({ tap, journal, platform, keys }, { card }) => {
      const change = {
        list: LIST,
        ticket: '0042-7781',
        cancelled: true,
        by: 'Mori',
        why: 'refund',
      };
      await changeTicket(platform.stores.registry, await keys(), change, Date.now());
      await journal.next({ event: 'list.activated', version: 2 });
      expect(await tap(card.card)).toMatchObject({
        event: 'entry.refused',
        reason: 'ticket-cancelled',
      });
    }));
});

describe('a certificate that does not admit', () => {
  const refusals: Record<string, (cards: CardMaker) => Promise<{ card: Ticket['card']['card'] }>> =
    {
      'not-on-list': (cards) => cards.card(),
      'certificate-expired': (cards) =>
        cards.card({
          notBefore: new Date(Date.now() - 9 * DAY_MS),
          notAfter: new Date(Date.now() - DAY_MS),
        }),
      'certificate-not-yet-valid': (cards) =>
        cards.card({ notBefore: new Date(Date.now() + DAY_MS) }),
      'certificate-untrusted': async (cards) => cards.card({}, await Authority.create()),
      'certificate-not-for-authentication': (cards) =>
        cards.card({ policy: '1.2.392.200149.8.5.1.1.20' }),
      'card-not-supported': async () => ({ card: { kind: 'transit' } }),
      'phone-not-supported': async (cards) => {
        const { card } = await cards.card();
        return { card: { ...card, kind: 'phone' } };
      },
    };

  test('each is refused with its own reason, and the next person is served', () =>
    atTheGate(async ({ tap, cards, journal }, { card }) => {
      for (const [reason, make] of Object.entries(refusals)) {
        const stranger = await make(cards);
        expect(await tap(stranger.card)).toMatchObject({ event: 'entry.refused', reason });
      }
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
      expect(journal.count({ event: 'event.dropped' })).toBe(0);
    }));

  test('a card that is revoked in the middle of the event is refused from then on', () =>
    atTheGate(async ({ tap, journal, activateTrust, ticket }) => {
      const { card } = ticket('hanako');
      await activateTrust([card]);
      expect(await tap(card.card)).toMatchObject({ reason: 'certificate-revoked' });
      // The authority said "superseded"; what it is in other lives is nobody's business here.
      expect(JSON.stringify(journal.all)).not.toContain('superseded');
    }));
});

describe('a card that can not be read', () => {
  test('pulled while it is read: hold it again, and no fact of an entry', () =>
    atTheGate(async ({ tap, journal }, { card }) => {
      const pulled = await tap({ ...card.card, faults: { removedAfter: 5 } });
      expect(pulled).toMatchObject({ event: 'card.unreadable', reason: 'card-removed' });
      expect(journal.all.filter((line) => line.event.startsWith('entry.'))).toEqual([]);
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
    }));

  test.each([
    ['a certificate cut off in the middle', { certificate: 'truncated' }],
    ['a certificate larger than any', { certificate: 'oversized' }],
    ['a certificate whose length lies', { certificate: 'lying-length' }],
    ['bytes that are no certificate', { certificate: 'garbage' }],
    ['61xx without end', { endless61: true }],
    ['6Cxx without end', { endless6c: true }],
    ['no answer at all', { muteAfter: 3 }],
  ] as const)('%s: hold it again, and the next card is served', (_what, faults) =>
    atTheGate(async ({ tap }, { card }) => {
      const answer = await tap({ ...card.card, faults });
      expect(answer).toMatchObject({ event: 'card.unreadable', reason: 'card-unreadable' });
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
    }),
  );

  test('another card within 100 ms never gets the answer of the first', () =>
    withTerminal(
      {
        tickets: async (cards) => ({
          first: { card: await cards.card(), ticket: 'first', seat: 'A 1番' },
          second: { card: await cards.card(), ticket: 'second', seat: 'A 2番' },
        }),
      },
      async ({ hold, remove, ticket, journal }) => {
        await journal.next({ event: 'terminal.in-service' });
        const slow = { bitRate: 106, perApduMs: 5, signatureMs: 0 };
        await hold({ ...ticket('first').card.card, timing: slow });
        await remove();
        await hold(ticket('second').card.card);
        await journal.next({ event: 'card.unreadable', reason: 'card-removed' });
        await journal.next({ event: 'entry.granted', ticket: 'second' });
        expect(journal.count({ event: 'entry.granted', ticket: 'first' })).toBe(0);
      },
    ));
});

describe('no list, no network', () => {
  test('without a list and a platform it is out of service, says so, and heals when they come', () =>
    withTerminal({ tickets: hanako, platform: 'stopped' }, async (world) => {
      const { journal, tap, ticket } = world;
      await journal.next({ event: 'terminal.out-of-service', reason: 'list-missing' });
      const { card } = ticket('hanako');
      expect(await tap(card.card)).toMatchObject({
        event: 'entry.refused',
        reason: 'list-missing',
      });
      await world.startPlatform();
      await journal.next({ event: 'terminal.in-service' }, 0, 40_000);
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
    }));

  test('with a list and no authorities yet it is out of service, and heals when they come', () =>
    withTerminal({}, async (world) => {
      const { journal, tap } = world;
      const { hanako: ticket } = await hanako(world.cards);
      await world.publish([ticket]);
      await journal.next({ event: 'terminal.out-of-service', reason: 'trust-missing' });
      await world.screen({ screen: 'closed', reason: 'trust-missing' });
      const refused = { event: 'entry.refused', reason: 'trust-missing', list: LIST };
      expect(await tap(ticket.card.card)).toMatchObject(refused);
      const closed = journal.all.length;
      await world.publishTrust();
      await journal.next({ event: 'terminal.in-service' }, closed);
      expect(await tap(ticket.card.card)).toMatchObject({ event: 'entry.granted' });
    }));

  test('with a list on the disk it serves without a network, and facts go up later', () =>
    atTheGate(async ({ stop, start, stopPlatform, startPlatform, tap, journal }, { card }) => {
      await stop();
      await stopPlatform();
      const before = journal.all.length;
      const took = stopwatch();
      await start();
      await journal.next({ event: 'terminal.in-service' }, before);
      expect(took()).toBeLessThan(4 * 1_500);
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
      await startPlatform();
      await journal.next({ event: 'facts.acknowledged' }, before, 60_000);
    }));

  test('a list whose time is over refuses everybody', () =>
    atTheGate(async ({ journal, publish, tap }, ticket) => {
      // One that is over before it comes is not taken at all.
      for (let [lifeMs, isTaken] = [1_500, false]; !isTaken; lifeMs *= 2) {
        const before = journal.all.length;
        await publish([ticket], { validTo: new Date(Date.now() + lifeMs).toISOString() });
        const isAbout = ({ event }: Line) => /^list\.(activated|rejected)$/u.test(event);
        isTaken = (await journal.first(isAbout, before)).event === 'list.activated';
      }
      await journal.next({ event: 'terminal.out-of-service', reason: 'list-expired' });
      const answer = await tap(ticket.card.card);
      expect(answer).toMatchObject({ event: 'entry.refused', reason: 'list-expired' });
    }));
});

describe('the reader', () => {
  test('unplugged: out of service, and back by itself', () =>
    atTheGate(async ({ reader, journal, tap }, { card }) => {
      await reader('unplug');
      await journal.next({ event: 'device.lost', device: 'reader' });
      await journal.next({ event: 'terminal.out-of-service', reason: 'reader-lost' });
      const before = journal.all.length;
      await reader('plug');
      await journal.next({ event: 'terminal.in-service' }, before, 20_000);
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
    }));
});

describe('what stays on the terminal', () => {
  test('no name, certificate, serial number or key of a card is in journal, ledger, lists or trust', () =>
    atTheGate(async ({ tap, journal, config, cards, stop }, { card, holder = '' }) => {
      const stranger = await cards.card();
      for (const { card: held } of [card, stranger]) await tap(held);
      await journal.next({ event: 'print.done' });
      await stop();
      const secrets = [card, stranger].flatMap(({ der, serial }) => [
        der,
        Buffer.from(der.toString('base64').slice(0, 64)),
        serial,
        Buffer.from(serial.toString('hex')),
      ]);
      const kept = await filesUnder(config.state);
      expect(kept.length).toBeGreaterThan(4);
      for (const secret of [...secrets, Buffer.from(holder), Buffer.from('花子')]) {
        expect(secret.length).toBeGreaterThan(3);
        const found = kept.filter(({ bytes }) => bytes.includes(secret)).map(({ path }) => path);
        expect(found).toEqual([]);
      }
    }));
});

async function filesUnder(directory: string): Promise<{ path: string; bytes: Buffer }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return { path, bytes: await readFile(path) };
    }),
  );
}
