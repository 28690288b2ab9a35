/** What the terminal window shows of a tap. */

import type { Person } from '../people.ts';
import type { JsonLine } from './child.ts';
import type { Tapped } from './place.ts';
import { decisionOf } from './terminal-health.ts';

const time = new Intl.DateTimeFormat('ja-JP', { timeStyle: 'medium', timeZone: 'Asia/Tokyo' });

export function describeTap(person: Person, { answer, paper, handedOut }: Tapped): string {
  const at = time.format(new Date(String(answer['at'])));
  const decision = decisionOf(answer).padEnd(26);
  const line = `${at}  ${person.id.padEnd(18)} ${decision} ${timesOf(answer)}${handedOut === null ? '' : ` (${handedOut})`}`;
  return paper === null ? line : `${line}\n${framed(paper.text)}`;
}

/** Milliseconds a stage. The street's cards are virtual, so their own share of `read` is a model's time. */
function timesOf(answer: JsonLine): string {
  const ms = answer['ms'] as Readonly<Record<string, number>> | undefined;
  if (ms === undefined) return '';
  const stages = Object.entries(ms)
    .filter(([stage]) => stage !== 'total')
    .map(([stage, value]) => `${stage} ${value.toFixed(1)}`)
    .join(' + ');
  const total = ms['total']?.toFixed(1) ?? '?';
  return `${total} ms (${stages}; card modelled)`;
}

/** A rule is the only image that is wider than it is high by far. */
const RULE = /^\[image (\d{3,})x\d\]$/u;

function framed(paper: string): string {
  const lines = paper
    .split('\n')
    .map((line) => `          │ ${RULE.test(line) ? '─'.repeat(28) : line}`);
  return ['          ┌───', ...lines, '          └───'].join('\n');
}
