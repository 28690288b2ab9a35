/**
 * Which facts are told, of what, and at what pace: of a gate those of which the state of a ticket is made, of a shelter those of
 * which a stay is. No others leave a terminal this way.
 */

import { z } from 'zod';
import { evacueeSubject, markSubject } from '../domain/evacuation.ts';
import type { Fact } from '../domain/fact.ts';
import { STAY_EVENTS } from '../domain/shelter-stay.ts';
import { ticketNumber, ticketSubject } from '../domain/ticket-number.ts';
import { NAME } from '../link/protocol.ts';

const ENTRY_EVENTS = [
  'entry.granted',
  'entry.undone',
  'entry.passed',
  'entry.not-passed',
  'entry.left',
] as const;

/**
 * What one terminal can do in five minutes of its own time. A gate admits one person after the other: with a tap of 0.65 s and
 * a person who walks on, 30 a minute are a good lane and 40 more than one; a shelter's reader is no faster. What staff takes
 * back is typed; at a shelter the reader itself takes back a second arrival of one card, as fast as cards are held.
 */
export const HUMAN = { minutes: 5, passages: 200, undone: 30 } as const;

const FACT = z.looseObject({
  terminal: NAME,
  epoch: z.uuid(),
  seq: z.int().positive(),
  boot: z.int().nonnegative(),
  mono: z.number().nonnegative(),
  subject: z.string().min(3).max(300),
  at: z.iso.datetime(),
});

const ENTRY_FACT = FACT.extend({
  event: z.enum(ENTRY_EVENTS),
  body: z.looseObject({
    list: NAME,
    ticket: z.string().min(1).max(200),
    ref: z.string().max(64).optional(),
    gate: z.string().min(1).max(64),
  }),
});

const ID = z.string().regex(/^[0-9a-f]{32}$/u);
const SHELTER_FACT = FACT.extend({
  event: z.enum(STAY_EVENTS),
  body: z.looseObject({ shelter: NAME, ref: ID.optional(), mark: ID.optional() }),
});

const EVENTS: ReadonlySet<string> = new Set([...ENTRY_EVENTS, ...STAY_EVENTS]);
const BESIDE = '/';

/** Of the readers of one shelter, by the list of its municipality. */
export function shelterTopic(list: string, shelter: string): string {
  return `${list}${BESIDE}${shelter}`;
}

/** Whether it is told of a shelter, not of a list. */
export function isOfShelter(topic: string): boolean {
  return topic.includes(BESIDE);
}

/** Whether neighbours may hear of such facts at all. */
export function isToldEvent(event: string): boolean {
  return EVENTS.has(event);
}

/** To which of these topics a fact of this terminal belongs; null: it is not told. */
export function topicOf(
  { event, body }: Pick<Fact, 'event' | 'body'>,
  topics: readonly string[],
): string | null {
  if (!isToldEvent(event)) return null;
  const isHere = (topic: string): boolean => {
    if (event.startsWith('entry.')) return topic === body['list'];
    return isOfShelter(topic) && topic.endsWith(`${BESIDE}${body['shelter']}`);
  };
  return topics.find(isHere) ?? null;
}

/** Of which stream, and about whom, a fact says itself; null where that is not what was announced. */
export function toldFact(
  { list: topic, terminal, epoch }: Pick<Fact, 'terminal' | 'epoch'> & { readonly list: string },
  text: string,
): Fact | null {
  const fact = isOfShelter(topic) ? shelterFact(topic, text) : entryFact(topic, text);
  return fact?.terminal === terminal && fact.epoch === epoch ? fact : null;
}

function entryFact(list: string, text: string): Fact | null {
  const fact = parsed(ENTRY_FACT, text);
  if (fact?.body.list !== list) return null;
  const { subject, body } = fact;
  const number = ticketNumber(body.ticket);
  const byNumber = number === null ? null : ticketSubject(list, number);
  const about = body.ref === undefined ? byNumber : `${list}/${body.ref}`;
  return subject === about ? (fact as unknown as Fact) : null;
}

function shelterFact(topic: string, text: string): Fact | null {
  const fact = parsed(SHELTER_FACT, text);
  if (fact === null) return null;
  const { event, subject, body } = fact;
  const { ref, mark } = body;
  const about = [
    ...(ref === undefined ? [] : [evacueeSubject(ref)]),
    ...(mark === undefined ? [] : [markSubject(mark)]),
  ];
  const isHere = topicOf({ event, body }, [topic]) === topic;
  return isHere && about.length === 1 && about[0] === subject ? (fact as unknown as Fact) : null;
}

/** How many of one event are no more than people can have done in the window. */
export function paceOf(event: string): number {
  return event === 'entry.undone' ? HUMAN.undone : HUMAN.passages;
}

function parsed<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
