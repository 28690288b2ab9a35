/** Lists that come otherwise than over the link, judged and taken by what judges and takes those that come over it. */

import type { Clock } from './clock.ts';
import type { EventName } from './domain/events.ts';
import { judgeListHead } from './link/heads.ts';
import { ListDownload, type OfferedList } from './link/list-download.ts';
import type { ListKeyRing } from './link/list-keys.ts';
import type { ListTurns } from './link/list-turns.ts';
import type { FetchObject } from './link/object-source.ts';
import type { KeyRecipient } from './link/offered-keys.ts';
import type { HeadFrame } from './link/protocol.ts';
import { RefusedVersions } from './link/refused-versions.ts';
import { Rejection, type RejectionReason, risesAbove } from './link/rejection.ts';
import type { Signers } from './pki/signed-object.ts';
import type { Recorder } from './recorder.ts';
import type { ListShelf } from './store/list-shelf.ts';

/** A version that comes over the link at this very moment goes first, for so long. */
const TURN_MS = 20_000;
/** The largest list, from the slowest stick. */
const TAKING_MS = 1_800_000;

export interface BroughtListParts {
  readonly terminal: string;
  readonly stateDirectory: string;
  readonly shelf: ListShelf;
  readonly listKeys: ListKeyRing;
  readonly turns: ListTurns;
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'note'>;
  /** Whose keys count: those that are wrapped for the enrolment. */
  readonly recipient: KeyRecipient;
  readonly onTaken: () => void;
}

export class BroughtLists {
  readonly #parts: BroughtListParts;

  constructor(parts: BroughtListParts) {
    this.#parts = parts;
  }

  /** Changes nothing. Rejects with what `rejectionOf` understands: also for a version older than the active one. */
  async judge(frame: HeadFrame, lists: readonly string[], signers: Signers): Promise<OfferedList> {
    const { clock, recipient, shelf } = this.#parts;
    const offered = await judgeListHead(frame, { lists, clock, signers, recipient });
    const active = shelf.active(offered.head.list)?.manifest ?? null;
    const isNew = risesAbove(offered.head, active);
    if (isNew && offered.key === null) throw new Rejection('key', 'it comes without its keys');
    return offered;
  }

  /** All of it, or nothing: why not; null: it is the active one. */
  async take(
    offered: OfferedList,
    fetch: FetchObject,
    signers: Signers,
  ): Promise<RejectionReason | 'busy' | null> {
    const { turns, recorder, onTaken, recipient: _, ...parts } = this.#parts;
    const { shelf } = parts;
    let why: RejectionReason | null = null;
    const download = new ListDownload({
      ...{ ...parts, source: { fetch }, signers, refused: new RefusedVersions(), origin: 'stick' },
      journal: (event: EventName, fields) => {
        if (event === 'list.rejected') why = fields['reason'] as RejectionReason;
        recorder.note(event, fields);
      },
    });
    const never = new AbortController().signal;
    const late = AbortSignal.timeout(TAKING_MS);
    const { list } = offered.head;
    const taken = await turns.run(list, AbortSignal.timeout(TURN_MS), async () => {
      await download.take(offered, late, never);
    });
    if (taken === null) return 'busy';
    onTaken();
    if (why !== null) return why;
    // The version that is in use says it, also where the time ran out at the very end.
    const inUse = shelf.active(list)?.manifest.version ?? 0;
    return inUse >= offered.head.version ? null : 'unreachable';
  }
}
