/** What terminals say, parsed at the edge. */

import { LIMITS, TERMINAL_FRAME, type TerminalFrame } from '../src/link/protocol.ts';

/** The frame, or what is wrong with it: a place in it at most, never its content. */
export function parseFrame(data: Buffer): TerminalFrame | string {
  if (data.length > LIMITS.frameBytes) return 'frame too large';
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return 'not JSON';
  }
  const parsed = TERMINAL_FRAME.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `not of the protocol: ${issue?.code} at ${issue?.path.join('.') || 'the frame'}`.slice(
    0,
    100,
  );
}
