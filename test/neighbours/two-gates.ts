/** Two gates as they stand at one venue: processes of their own, enrolled at one platform, with a wire between them. */

import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import type { Line } from '../journal-lines.ts';
import { jsonLines, launcher, type Program, succeed } from '../rig/program.ts';
import { type Site, withSite } from '../rig/site.ts';
import { ANSWERS } from '../terminal.ts';
import { freePort, Wire } from './wire.ts';

export interface TwoGates {
  readonly site: Site;
  /** `gate-1`, called 西ゲート. */
  readonly west: Program;
  /** `gate-2`, called 東ゲート. It calls the other one over the wire. */
  readonly east: Program;
  readonly wire: Wire;
  /** East's state folder. */
  readonly eastState: string;
  tapWest(card: CardDefinition): Promise<Line>;
  tapEast(card: CardDefinition): Promise<Line>;
  /** Runs a command of `kazasu` with east's configuration. */
  eastCommand(...args: readonly string[]): Promise<string>;
}

/** Both serve and hear each other when the story begins. */
export function withTwoGates(
  tickets: number,
  story: (gates: TwoGates) => Promise<void>,
): Promise<void> {
  return withSite({ tickets, tls: true }, async (site) => {
    const port = await freePort();
    const wire = await Wire.to(port);
    try {
      const config = join(site.directory, 'gate-2.toml');
      const eastState = join(site.directory, 'gate-2');
      const text = (await readFile(site.config, 'utf8'))
        .replace(JSON.stringify(site.gateState), JSON.stringify(eastState))
        .replace('name = "gate-1"', 'name = "gate-2"')
        .replace('西ゲート', '東ゲート')
        .replace(/\[receipt\][^[]*/u, '[receipt]\ndriver = "simulated"\n');
      await writeFile(config, `${text}[neighbours]\ngates = ["127.0.0.1:${wire.port}"]\n`);
      await appendFile(site.config, `[neighbours]\nlisten = "127.0.0.1:${port}"\n`);
      const [added] = jsonLines(await site.platformCommand('terminal', 'add', 'gate-2'));
      const code = String(added?.['code']);
      await site.enrol();
      await succeed([launcher('kazasu'), 'enrol', '--config', config, '--code', code]);

      const west = await site.openGate();
      const east = await site.startCopy(config);
      await east.next({ event: 'terminal.in-service' });
      await Promise.all([
        west.next({ event: 'neighbour.up', neighbour: 'gate-2' }),
        east.next({ event: 'neighbour.up', neighbour: 'gate-1' }),
      ]);
      await story({
        ...{ site, west, east, wire, eastState },
        tapWest: (card) => site.tap(card),
        tapEast: (card) => tap(east, eastState, card),
        eastCommand: (...args) => succeed([launcher('kazasu'), ...args, '--config', config]),
      });
    } finally {
      await wire.close();
    }
  });
}

async function tap(gate: Program, state: string, card: CardDefinition): Promise<Line> {
  const socket = join(state, 'sim-card.sock');
  const after = gate.lines.all.length;
  await askControlSocket(socket, { do: 'hold', card });
  try {
    return await gate.first(({ event }) => ANSWERS.has(event), after);
  } finally {
    await askControlSocket(socket, { do: 'remove' });
  }
}
