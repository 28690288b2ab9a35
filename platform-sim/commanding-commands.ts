/** What each command of `kazasu-platform command` does: options checked, JSON on stdout. */

import { z } from 'zod';
import { NAME } from '../src/link/protocol.ts';
import { listCommands, sendCommand } from './commanding.ts';
import { check, print, type RawOptions, STATE, withStores } from './commands.ts';
import { InputError } from './input-error.ts';
import { openKeys } from './stores.ts';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LIFE_MS_MAX = 7 * UNIT_MS.d;
const RIGHT_LIFE = 'a time like 90s, 10m, 2h or 7d, a week at most';

/** Of a command: how long after it was sent a terminal may still do it; ms. */
export const LIFE = z
  .string()
  .regex(/^\d{1,6}[smhd]$/u, RIGHT_LIFE)
  .transform((text) => Number.parseInt(text, 10) * UNIT_MS[text.slice(-1) as keyof typeof UNIT_MS])
  .refine((ms) => ms > 0 && ms <= LIFE_MS_MAX, RIGHT_LIFE);
const target = z.union([
  z.literal('all'),
  z
    .string()
    .transform((joined) => joined.split(',').map((name) => name.trim()))
    .pipe(z.array(NAME).min(1).max(1_000)),
]);
const SEND = z.object({ ...STATE, to: target, expires: LIFE });

/** `command send` */
export async function send(does: string, raw: RawOptions): Promise<void> {
  const { state, to, expires } = check(SEND, raw);
  if (does === 'take-role' || does === 'end-role') {
    throw new InputError(`${does}: give it by "order", which says what the terminal is to be`);
  }
  await withStores(state, async ({ registry }) => {
    const command = { to, does, lifeMs: expires };
    const { id, number } = await sendCommand(registry, await openKeys(state), command, Date.now());
    print({ event: 'command.sent', id, number });
  });
}

/** `command list` */
export async function showCommands(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ registry, facts }) => {
    for (const command of listCommands(registry, facts, Date.now())) print(command);
  });
}
