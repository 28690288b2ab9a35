/** What an earlier run of this terminal left: lists, and what it had begun and not ended. */

import type { CommandRunner } from './commands.ts';
import type { Service, TerminalParts } from './services/service.ts';
import type { StateFolder } from './state-folder.ts';
import { onlyOne } from './terminal-machine.ts';

/** The lists that an earlier run left on the disk. */
export function announceLists(
  lists: readonly string[],
  { shelf, recorder }: Pick<StateFolder, 'shelf' | 'recorder'>,
): void {
  for (const list of lists) {
    const active = shelf.active(list);
    if (active === null) continue;
    const { version, rows, root } = active.manifest;
    recorder.note('list.activated', { list, version, rows, root, source: 'disk' });
  }
}

/** What it had begun and not ended. */
export function settleEarlierRun(
  services: readonly Service[],
  { papers, charges }: Pick<TerminalParts, 'papers' | 'charges'>,
  commands: CommandRunner,
): void {
  papers.settleEarlierRun();
  charges.settleEarlierRun((request) => wasIssued(services, request));
  commands.settleEarlierRun();
}

/** Whether what a charge of an earlier run was for came out. A service that takes no money issued nothing for any. */
function wasIssued(services: readonly Service[], request: string): boolean | null {
  const service = onlyOne(services);
  return service.wasIssued === undefined ? false : service.wasIssued(request);
}
