import { expect, test } from 'vitest';
import type { CardMaker } from '../cards.ts';
import { LIST, type Ticket, withTerminal } from '../terminal.ts';

async function oneTicket(cards: CardMaker): Promise<readonly Ticket[]> {
  return [{ card: await cards.card(), ticket: '0042-7781', seat: 'B 12列34番', holder: '佐藤花子' }];
}

test('a holder of a ticket is granted entry and the seat ticket comes out', async () => {
  let tickets: readonly Ticket[] = [];
  await withTerminal(
    {
      tickets: async (cards) => {
        tickets = await oneTicket(cards);
        return tickets;
      },
    },
    async ({ tap, journal, papers }) => {
      await journal.next({ event: 'list.activated', list: LIST });
      const [ticket] = tickets;
      if (ticket === undefined) throw new Error('no ticket');
      const answer = await tap(ticket.card.card);
      expect(answer).toMatchObject({ event: 'entry.granted', ticket: '0042-7781', assurance: 'identified' });
      await journal.next({ event: 'print.done' });
      expect(answer).toMatchObject({ ms: { total: expect.any(Number) } });
      console.log(JSON.stringify(answer));
      expect(await papers()).toHaveLength(1);
    },
  );
});
