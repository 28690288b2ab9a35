/** A gate that asks the issuer of each card online, too: what it says, and what becomes of people when nobody answers. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { serveOcsp } from '../../platform-sim/ocsp-http.ts';
import { OcspResponder } from '../../platform-sim/ocsp-responder.ts';
import type { RevocationReason } from '../../platform-sim/x509.ts';
import { hanako, type Ticket, type World, withTerminal } from '../terminal.ts';

/** How the responder is; changed by stories. */
interface Line {
  cut: boolean;
  asked: number;
  readonly revoked: { serial: Buffer; at: Date; reason: RevocationReason }[];
}

/** A gate that asks, with a ticket for Hanako. */
async function atAGateThatAsks(
  story: (world: World, ticket: Ticket, line: Line) => Promise<void>,
): Promise<void> {
  const line: Line = { cut: false, asked: 0, revoked: [] };
  let responder: OcspResponder | null = null;
  const server = createServer((request, response) => {
    line.asked += 1;
    // Silence: the one that people would have to wait for.
    if (!line.cut && responder !== null) serveOcsp(responder, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const configured = `ocsp = "when-online"\n[ocsp]\nurl = "http://127.0.0.1:${port}/ocsp"\n`;
  try {
    await withTerminal({ tickets: hanako, configured }, async (world) => {
      const { authority } = world.cards;
      responder = new OcspResponder({ authority, revoked: () => line.revoked });
      await world.journal.next({ event: 'terminal.in-service' });
      await world.journal.next({ event: 'link.up' });
      await story(world, world.ticket('hanako'), line);
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a card is let in, and the fact says that its issuer was asked', () =>
  atAGateThatAsks(async ({ tap }, { card }) => {
    const granted = await tap(card.card);
    expect(granted).toMatchObject({ event: 'entry.granted', revocation: 'ocsp' });
    expect(granted['ms']).toHaveProperty('ocsp');
  }));

test('a card that was revoked since the list was made is refused, and nobody is told why', () =>
  atAGateThatAsks(async ({ tap, journal }, { card }, line) => {
    line.revoked.push({ serial: card.serial, at: new Date(), reason: 'affiliationChanged' });
    const refused = await tap(card.card);
    expect(refused).toMatchObject({ event: 'entry.refused', reason: 'certificate-revoked' });
    const text = JSON.stringify(journal.all);
    expect(text).not.toContain('affiliation');
    expect(text).not.toContain(card.serial.toString('hex'));
  }));

test('when nobody answers, the list decides after half a second, and the next one waits for nothing', () =>
  atAGateThatAsks(async ({ tap, journal }, { card }, line) => {
    line.cut = true;
    const granted = await tap(card.card);
    expect(granted).toMatchObject({ event: 'entry.granted', revocation: 'checked' });
    expect((granted['ms'] as Record<string, number>)['ocsp']).toBeGreaterThanOrEqual(490);
    await journal.next({ event: 'ocsp.unanswered', reason: 'too-slow' });
    const asked = line.asked;
    expect(await tap(card.card)).toMatchObject({ reason: 'already-entered' });
    expect(line.asked).toBe(asked);
  }));

test('without a link nobody is asked', () =>
  atAGateThatAsks(async ({ tap, stopPlatform, journal }, { card }, line) => {
    await stopPlatform();
    await journal.next({ event: 'link.down' });
    expect(await tap(card.card)).toMatchObject({ event: 'entry.granted', revocation: 'checked' });
    expect(line.asked).toBe(0);
  }));
