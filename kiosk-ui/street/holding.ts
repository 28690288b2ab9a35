/**
 * Holding a card: carried over the ring by mouse or finger and held as long as it is there, so that it can be pulled
 * early; let go over a remote control, where it rests; laid down and taken away by a click, or by Enter; or held as long
 * as the space bar is down.
 */

import { signal } from '@preact/signals';
import type { Somewhere } from './here.ts';
import { text } from './language.ts';
import { ask, refusal, street } from './link.ts';

/** Less is a click. */
const CARRY_PX = 6;
/** How near to the ring's centre, in widths of the ring, a card is over it, and how far it must leave. */
const REACH = { enter: 0.95, leave: 1.35 } as const;

export interface Carried {
  readonly who: string;
  readonly x: number;
  readonly y: number;
  /** The ring that it is over. */
  readonly over: string | null;
}

export function lay(who: string, where: Somewhere | undefined): void {
  if (where?.place) ask({ do: 'hold', who, at: where.id });
  else refusal.value = text.value.noReaderHere;
}

/** The card in somebody's hand; it follows the pointer. */
export const carried = signal<Carried | null>(null);

interface Press {
  readonly who: string;
  readonly x: number;
  readonly y: number;
  readonly pointer: number;
}

let press: Press | null = null;

export function onPointerDown(who: string, event: PointerEvent): void {
  if (event.button !== 0) return;
  press = { who, x: event.clientX, y: event.clientY, pointer: event.pointerId };
  (event.currentTarget as Element).setPointerCapture(event.pointerId);
}

export function onPointerMove(event: PointerEvent): void {
  if (press === null || event.pointerId !== press.pointer) return;
  const { clientX: x, clientY: y } = event;
  const moved = Math.hypot(x - press.x, y - press.y);
  if (carried.value === null && moved < CARRY_PX) return;
  const before = carried.value?.over ?? null;
  const over = ringAt(x, y, before);
  carried.value = { who: press.who, x, y, over };
  if (over === before) return;
  if (over !== null) ask({ do: 'hold', who: press.who, at: over });
  else if (before !== null) ask({ do: 'remove', at: before });
}

/** `toggle`: what a click means. */
export function onPointerUp(event: PointerEvent, toggle: () => void): void {
  if (press === null || event.pointerId !== press.pointer) return;
  const hand = carried.value;
  press = null;
  carried.value = null;
  if (hand === null) toggle();
  else if (hand.over !== null && !canRest(hand.over)) ask({ do: 'remove', at: hand.over });
}

export function onPointerCancel(): void {
  const over = carried.value?.over;
  if (over) ask({ do: 'remove', at: over });
  press = null;
  carried.value = null;
}

/** Whether the space bar is down. */
let isHeld = false;

/** Enter lays the card down and takes it away; the space bar holds it while it is down. */
export function onKey(
  event: KeyboardEvent,
  { toggle, hold }: { readonly toggle: () => void; readonly hold: () => void },
): void {
  if (event.key === 'Enter' && event.type === 'keydown' && !event.repeat) toggle();
  else if (event.key !== ' ') return;
  else if (event.type === 'keyup') letGo();
  else if (!event.repeat) {
    isHeld = true;
    hold();
  }
  event.preventDefault();
}

/** Also when the focus goes elsewhere: nobody hears the space bar come up then. */
export function letGo(): void {
  if (isHeld) ask({ do: 'remove' });
  isHeld = false;
}

/** A remote control lies on a table: a card that is let go over it stays. */
function canRest(place: string): boolean {
  return street.value?.places.find(({ id }) => id === place)?.television != null;
}

function ringAt(x: number, y: number, before: string | null): string | null {
  for (const ring of document.querySelectorAll<HTMLElement>('[data-ring]')) {
    const { left, top, width, height } = ring.getBoundingClientRect();
    const id = ring.dataset['ring'] ?? null;
    const reach = (id === before ? REACH.leave : REACH.enter) * width;
    if (Math.hypot(x - left - width / 2, y - top - height / 2) < reach) return id;
  }
  return null;
}
