/** What terminals say, parsed at the edge; and what they are told of the root. */

import {
  LIMITS,
  type PlatformFrame,
  TERMINAL_FRAME,
  type TerminalFrame,
} from '../src/link/protocol.ts';

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

/** Every version of the root behind `after`, so many in a frame as may be. */
export function rootFrames(roots: readonly Buffer[], after: number): PlatformFrame[] {
  const statements = roots.slice(after).map((root) => root.toString('base64'));
  const frames: PlatformFrame[] = [];
  for (let at = 0; at < statements.length; at += LIMITS.roots) {
    frames.push({ frame: 'root', statements: statements.slice(at, at + LIMITS.roots) });
  }
  return frames;
}
