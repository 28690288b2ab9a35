/** Everything that comes down over a link, each kind with a queue of its own. */

import type { Signers } from '../pki/signed-object.ts';
import { isStorageFailure } from '../store/disk.ts';
import type { WirePlace } from './alert-protocol.ts';
import { tidyChunks } from './chunk-store.ts';
import { Commands, type CommandsOptions } from './commands.ts';
import { Heads, INSTITUTION_LIST, TRUST_LIST } from './heads.ts';
import { InTurn } from './in-turn.ts';
import {
  InstitutionDownload,
  type InstitutionDownloadOptions,
  type OfferedInstitution,
} from './institution-download.ts';
import { ListDownload, type ListDownloadOptions, type OfferedList } from './list-download.ts';
import type { ListTurns } from './list-turns.ts';
import { type FetchObject, ObjectSource, type ObjectTimes } from './object-source.ts';
import type { PlatformRoot } from './platform-root.ts';
import type { Head, PlatformFrame } from './protocol.ts';
import type { RefusedVersions } from './refused-versions.ts';
import { RetryQueue } from './retry-queue.ts';
import type { SecureLink } from './secure-link.ts';
import { TrustDownload, type TrustDownloadOptions } from './trust-download.ts';

/** Whoever hears alerts at a terminal. */
export interface AlertEar {
  /** Where the terminal stands. */
  readonly place: WirePlace;
  /** One after another, each a CMS SignedData that nobody has looked at yet. */
  take(statement: Buffer, signers: Signers): Promise<void>;
}

export interface DownloadTimes {
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly objects: ObjectTimes;
}

type Options = CommandsOptions &
  InstitutionDownloadOptions &
  ListDownloadOptions &
  TrustDownloadOptions;

export type DownloadOptions = Omit<Options, 'refused' | 'signers' | 'source' | 'origin'> & {
  readonly url: string;
  /** Every entry list that this terminal wants. */
  readonly lists: readonly string[];
  readonly times: DownloadTimes;
  readonly turns: ListTurns;
  readonly alerts?: AlertEar | undefined;
};

/** For what is fetched besides lists and trust. */
export interface LinkObjects {
  readonly fetch: FetchObject;
  readonly signers: Signers;
}

/** What one link hands to the next. */
export interface Shared {
  readonly root: PlatformRoot;
  readonly refused: RefusedVersions;
  /** The downloads of the links before have ended: there is never more than one of a list. */
  ended: Promise<void>;
}

export type Downloads = ReturnType<typeof startDownloads>;

/** Each holds its manifest in memory, and a chunk for each object that is on its way. */
const LISTS_AT_ONCE = 10;
/** More alerts than a platform tells one terminal, twice over: a platform that floods. */
const ALERTS_WAITING = 130;

/** What is fetched over one link: begun with its welcome, ended with it. */
export function startDownloads(
  options: DownloadOptions,
  { root, refused, ended }: Shared,
  pinned: Buffer,
  secure: SecureLink | null,
) {
  const { times, turns } = options;
  const transport = secure && (() => secure.connect());
  const source = new ObjectSource(options.url, times.objects, transport);
  const signers = root.signers(pinned);
  const lists = new ListDownload({ ...options, refused, source, signers, origin: 'platform' });
  const trust = new TrustDownload({ ...options, source, signers });
  const institutions = new InstitutionDownload({ ...options, source, signers });
  const tidied = ended.then(() => tidy(options));
  const listQueue = new RetryQueue<OfferedList>({
    ...times,
    atOnce: LISTS_AT_ONCE,
    outdates: isNewer,
    run: async (offered, signal, outdated) => {
      await tidied;
      const wanted = AbortSignal.any([signal, outdated]);
      const take = () => lists.take(offered, signal, outdated);
      return (await turns.run(offered.head.list, wanted, take)) ?? 'done';
    },
  });
  // A queue of its own: a revocation list does not wait for a large entry list.
  const trustQueue = new RetryQueue<Head>({
    ...times,
    run: (head, signal) => ended.then(() => trust.take(head, signal)),
  });
  const institutionQueue = new RetryQueue<OfferedInstitution>({
    ...times,
    run: (offered, signal) => ended.then(() => institutions.take(offered, signal)),
  });
  const heads = new Heads({
    ...options,
    signers,
    recipient: secure?.identity ?? null,
    onList: (offered) => listQueue.offer(offered.head.list, offered),
    onTrust: (head) => trustQueue.offer(TRUST_LIST, head),
    onInstitution: (offered) => institutionQueue.offer(INSTITUTION_LIST, offered),
  });
  const commands = new Commands({ ...options, signers });
  const alerts = new InTurn<Extract<PlatformFrame, { frame: 'alert' }>>(
    ALERTS_WAITING,
    async ({ statement }) => options.alerts?.take(Buffer.from(statement, 'base64'), signers),
  );
  const objects: LinkObjects = {
    fetch: (sha256, limit, signal) => source.fetch(sha256, limit, signal),
    signers,
  };
  return {
    heads,
    commands,
    alerts,
    objects,
    async close(): Promise<void> {
      // An alert that came counts, whatever became of the link behind it.
      await Promise.all([heads.close(), commands.close(), alerts.drain()]);
      await Promise.all([listQueue.close(), trustQueue.close(), institutionQueue.close()]);
      source.close();
    },
  };
}

/** A version that is announced again, signed later, is the newest after all: its platform went back. */
function isNewer({ head: next }: OfferedList, { head }: OfferedList): boolean {
  return next.version > head.version && Date.parse(next.at) >= Date.parse(head.at);
}

/** Chunks of lists that are no longer wanted take room and harm nothing. */
async function tidy({ stateDirectory, lists }: DownloadOptions): Promise<void> {
  await tidyChunks(stateDirectory, lists).catch((error: unknown) => {
    if (!isStorageFailure(error)) throw error;
  });
}
