/** Ticket numbers as people type and print them: one number, however it was written. */

/** What no list has and nobody types; also what bounds the subject of a fact. */
const TICKET_MAX = 200;

/**
 * The one form of a ticket number: full-width to ASCII (Unicode NFKC), upper case, no spaces. Null for what can't be one:
 * nothing, no letter or digit in it, or too long.
 */
export function ticketNumber(text: string): string | null {
  const number = text.normalize('NFKC').toUpperCase().replace(/\s/gu, '');
  return number.length <= TICKET_MAX && /[\p{L}\p{N}]/u.test(number) ? number : null;
}

/** The subject of facts about a ticket whose row could not be opened. `number`: as `ticketNumber` gives it. */
export function ticketSubject(list: string, number: string): string {
  return `${list}/ticket:${number}`;
}
