/** `kazasu-platform terminal ...`: who may enrol, who has, and who no longer counts. */

import { z } from 'zod';
import { NAME } from '../src/link/protocol.ts';
import { check, print, type RawOptions, STATE, withStores } from './commands.ts';
import { PLATFORM_TERMINAL, type Suspicion } from './facts.ts';
import { InputError } from './input-error.ts';
import { openKeys } from './stores.ts';
import { enrolmentCode, unknownTerminal } from './terminal-registry.ts';

const ADD_OPTIONS = z.object({ ...STATE, again: z.boolean().default(false) });

const SAYS: Readonly<Record<Suspicion, string>> = {
  fork: 'another fact stands at a number that is known: two machines go on with one ledger',
  'boot-went-back': 'it was started fewer times than it has been: an older copy of it runs',
  'ledger-went-back':
    'it has fewer facts than it has told: an older copy of it runs, or it lost some',
};

/** `terminal add` */
export async function addTerminal(name: string, raw: RawOptions): Promise<void> {
  const { state, again } = check(ADD_OPTIONS, raw);
  const parsed = NAME.safeParse(name);
  if (!parsed.success || name === PLATFORM_TERMINAL) {
    throw new InputError(`${JSON.stringify(name)} is no name for a terminal: ${NAME_RULE}`);
  }
  await withStores(state, async ({ terminals }) => {
    const { caCertificate } = await openKeys(state);
    const { secret, expires } = terminals.add(name, again, Date.now());
    const code = enrolmentCode(caCertificate, secret);
    print({ event: 'terminal.added', terminal: name, code, expires: new Date(expires) });
  });
}

const NAME_RULE = `lower-case letters, digits, dot, dash, underscore; 64 at most; not "${PLATFORM_TERMINAL}"`;

/** `terminal list` */
export async function listTerminals(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ terminals }) => {
    for (const terminal of terminals.list()) print(terminal);
  });
}

/** `terminal show` */
export async function showTerminal(name: string, raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ terminals, facts }) => {
    const ledgers = facts.terminals().filter(({ terminal }) => terminal === name);
    const standing = terminals.standing(name);
    if (standing === null && ledgers.length === 0) throw unknownTerminal(name);
    const certificates = terminals.certificates(name).map(({ sha256, notAfter, state }) => ({
      ...{ sha256, state, validTo: new Date(notAfter).toISOString() },
    }));
    const shown = {
      terminal: name,
      standing: standing ?? 'not-enrolled',
      quarantine: terminals.quarantineOf(name).map(({ why, since }) => ({
        ...{ why, since, says: SAYS[why as Suspicion] },
      })),
      certificates,
      ledgers,
    };
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  });
}

/** `terminal release` */
export async function releaseTerminal(name: string, raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ terminals, facts }) => {
    terminals.release(name);
    facts.forgetBoot(name);
    print({ event: 'terminal.released', terminal: name });
  });
}

/** `terminal revoke` */
export async function revokeTerminal(name: string, raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ terminals }) => {
    terminals.revoke(name, Date.now());
    print({ event: 'terminal.revoked', terminal: name });
  });
}
