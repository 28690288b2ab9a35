/**
 * The link to the platform as one device: opened, up, lost. It sends facts, takes lists and trust,
 * and keeps the clock right while it is up. It never heals itself: `state-machines/device.ts` opens
 * the next one. Nothing that serves a person waits for it.
 */

import { hash, X509Certificate } from 'node:crypto';
import type { Clock, Correction } from '../clock.ts';
import type { Command } from '../domain/command.ts';
import type { EventName } from '../domain/events.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { TrustStore } from '../pki/trust-store.ts';
import { DiskFullError, type Ledger } from '../store/ledger.ts';
import type { ListShelf } from '../store/list-shelf.ts';
import { Commands } from './commands.ts';
import {
  type Connection,
  connect,
  type FrameAfterWelcome,
  isUnenrolledUrl,
  notOfTheProtocol,
  type Refusal,
  type Welcome,
} from './connection.ts';
import { FactUpload } from './fact-upload.ts';
import { Heads, INSTITUTION_LIST, TRUST_LIST } from './heads.ts';
import {
  InstitutionDownload,
  type LoadedInstitution,
  type OfferedInstitution,
} from './institution-download.ts';
import { ListDownload, type OfferedList } from './list-download.ts';
import type { ListKeyRing } from './list-keys.ts';
import { OBJECT_TIMES, ObjectSource, type ObjectTimes } from './object-source.ts';
import { PlatformRoot } from './platform-root.ts';
import { CLOSE, type Head, type TerminalFrame } from './protocol.ts';
import { RetryQueue } from './retry-queue.ts';
import { TrustDownload } from './trust-download.ts';

export interface LinkListener {
  /** The link can't be used any more. At most once, and never after `close()`. */
  onLost(reason: string, code: number | null): void;
}

export interface Link {
  /** SHA-256 of the platform's CA certificate, hex. */
  readonly platform: string;
  /** The platform held every fact up to here when it welcomed us. */
  readonly upto: number;
  close(): Promise<void>;
}

/** Rejects with LinkError. */
export type OpenLink = (listener: LinkListener) => Promise<Link>;

export interface LinkTimes {
  /** From the first packet to the welcome. */
  readonly openMs: number;
  /** Batches without an answer for so long are sent again. */
  readonly answerMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly objects: ObjectTimes;
}

export const LINK_TIMES: LinkTimes = {
  openMs: 5_000,
  answerMs: 10_000,
  firstRetryMs: 1_000,
  longestRetryMs: 60_000,
  objects: OBJECT_TIMES,
};

export interface LinkOptions {
  /** Passes `isUnenrolledUrl`. */
  readonly url: string;
  readonly terminal: string;
  readonly software: string;
  /** The entry lists that are wanted. Anchors and revocation lists always are. */
  readonly lists: readonly string[];
  readonly stateDirectory: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly shelf: ListShelf;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  /** Where the institution's key goes. */
  readonly keyStore: KeyStore;
  /** Where the keys of lists go; whoever made it has loaded those that are kept. */
  readonly listKeys: ListKeyRing;
  /** Called for each new version; `loadTrust` has the one on disk. */
  readonly onTrust: (store: TrustStore) => void;
  /** Called for each new version; `loadInstitution` has the one on disk. */
  readonly onInstitution: (loaded: LoadedInstitution) => void;
  /** Called for each that is for this terminal, also for those that it knows. */
  readonly onCommand: (command: Command) => void;
  readonly times?: LinkTimes;
}

/** So many roots that are not in order may be a fault; more is somebody who fills the journal. */
const BAD_ROOTS_MAX = 3;

/** The ledger's setting with the pinned platform: DER of its CA certificate, base64. */
const PLATFORM = 'platform';

/** DER of the CA certificate of the platform that was met first; null before. */
export function pinnedPlatform(ledger: Pick<Ledger, 'get'>): Buffer | null {
  const pinned = ledger.get(PLATFORM);
  return pinned === null ? null : Buffer.from(pinned, 'base64');
}

/** How this terminal knows its platform; enrolment will add a better way than first contact. */
export function platformTrust(ledger: Ledger): 'none' | 'first-contact' {
  return pinnedPlatform(ledger) === null ? 'none' : 'first-contact';
}

/** Returns the function that opens the link. Throws on a URL that is not allowed. */
export function openLink(options: LinkOptions): OpenLink {
  if (!isUnenrolledUrl(options.url)) {
    throw new TypeError(
      'the platform is spoken to on this machine only, until terminals are enrolled',
    );
  }
  const root = new PlatformRoot({ ...options, now: () => options.clock.now() });
  const shared: Shared = { root, ended: Promise.resolve() };
  return (listener) => OneLink.open(options, shared, listener);
}

/** What one link hands to the next. */
interface Shared {
  readonly root: PlatformRoot;
  /** The downloads of the links before have ended: there is never more than one of a list. */
  ended: Promise<void>;
}

type Downloads = ReturnType<typeof startDownloads>;

class OneLink implements Link {
  platform = '';
  upto = 0;
  readonly #options: LinkOptions;
  readonly #shared: Shared;
  readonly #upload: FactUpload;
  #connection: Connection | null = null;
  #downloads: Downloads | null = null;
  /** DER of the platform's CA certificate, from the welcome on. */
  #pinned: Buffer = Buffer.alloc(0);
  #badRoots = 0;
  #stopNudges: () => void = () => {};

  private constructor(options: LinkOptions, shared: Shared) {
    const { ledger, journal, times = LINK_TIMES } = options;
    this.#options = options;
    this.#shared = shared;
    this.#upload = new FactUpload({
      ledger,
      journal,
      send: (frame) => this.#connection?.send(frame),
      hasRoom: () => this.#connection?.hasRoom ?? false,
      answerMs: times.answerMs,
      now: () => performance.now(),
    });
  }

  static async open(options: LinkOptions, shared: Shared, listener: LinkListener): Promise<Link> {
    const link = new OneLink(options, shared);
    const { times = LINK_TIMES } = options;
    link.#connection = await connect(
      {
        url: options.url,
        hello: hello(options, shared.root.version),
        beat: () => beat(options),
        openTimeoutMs: times.openMs,
      },
      {
        onWelcome: (welcome, roundTripMs) => link.#welcome(welcome, roundTripMs),
        onFrame: (frame) => link.#take(frame),
        onSent: () => link.#upload.pump(),
        onBeat: () => link.#onBeat(),
        onRefused: ({ reason, detail, code }) => {
          options.journal('link.refused', { reason, detail, code });
        },
        onLost: (reason, code) => {
          link.#stop();
          listener.onLost(reason, code);
        },
      },
    );
    link.#upload.pump();
    return link;
  }

  async close(): Promise<void> {
    this.#stop();
    await Promise.all([this.#connection?.close(), this.#shared.ended]);
  }

  #welcome(welcome: Welcome, roundTripMs: number): Refusal | null {
    const { clock, ledger } = this.#options;
    const pinned = Buffer.from(welcome.platform, 'base64');
    const refusal = pin(ledger, pinned);
    if (refusal !== null) return refusal;
    this.#pinned = pinned;
    this.platform = hash('sha256', pinned);
    this.upto = welcome.upto;
    this.#corrected(clock.correct(Date.parse(welcome.now), roundTripMs));
    this.#downloads = startDownloads(this.#options, this.#shared, pinned);
    this.#upload.start(welcome.upto, welcome.credit);
    this.#stopNudges = ledger.onCommit(() => this.#upload.pump());
    return null;
  }

  #take(frame: FrameAfterWelcome): Refusal | null {
    switch (frame.frame) {
      case 'ack':
        this.#upload.onAck(frame.upto);
        return null;
      case 'gap':
        this.#upload.onGap(frame.upto);
        return null;
      case 'beat':
        this.#corrected(this.#options.clock.heard(Date.parse(frame.now)));
        return null;
      case 'head':
        return this.#downloads?.heads.take(frame) ? null : notOfTheProtocol('too many heads');
      case 'command':
        return this.#downloads?.commands.take(frame) ? null : notOfTheProtocol('too many commands');
      case 'root':
        return this.#takeRoots(frame.statements);
    }
  }

  /** At once, not behind the heads that wait: they are held against the root that is newest then. */
  #takeRoots(statements: readonly string[]): Refusal | null {
    if (this.#shared.root.take(statements, this.#pinned)) return null;
    this.#badRoots += 1;
    return this.#badRoots > BAD_ROOTS_MAX ? notOfTheProtocol('too many roots') : null;
  }

  #onBeat(): void {
    this.#upload.onBeat();
    this.#shared.root.lookAtExpiry();
  }

  #corrected(correction: Correction | null): void {
    if (correction !== null) this.#options.journal('clock.corrected', { ...correction });
  }

  #stop(): void {
    this.#stopNudges();
    const { ended } = this.#shared;
    this.#shared.ended = Promise.all([ended, this.#downloads?.close()]).then(() => {});
  }
}

function startDownloads(options: LinkOptions, { root, ended }: Shared, pinned: Buffer) {
  const { times = LINK_TIMES } = options;
  const source = new ObjectSource(options.url, times.objects);
  const signers = root.signers(pinned);
  const lists = new ListDownload({ ...options, source, signers });
  const trust = new TrustDownload({ ...options, source, signers });
  const institutions = new InstitutionDownload({ ...options, source, signers });
  const listQueue = new RetryQueue<OfferedList>({
    ...times,
    run: (offered, signal) => ended.then(() => lists.take(offered, signal)),
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
    onList: (offered) => listQueue.offer(offered.head.list, offered),
    onTrust: (head) => trustQueue.offer(TRUST_LIST, head),
    onInstitution: (offered) => institutionQueue.offer(INSTITUTION_LIST, offered),
  });
  const commands = new Commands({ ...options, signers });
  return {
    heads,
    commands,
    async close(): Promise<void> {
      await Promise.all([heads.close(), commands.close()]);
      await Promise.all([listQueue.close(), trustQueue.close(), institutionQueue.close()]);
      source.close();
    },
  };
}

/**
 * Pins the platform that is met first, durably and before anything of it is used; refuses another
 * one.
 */
function pin(ledger: Ledger, offered: Buffer): Refusal | null {
  const pinned = pinnedPlatform(ledger);
  if (pinned?.equals(offered)) return null;
  if (pinned !== null) {
    const detail = 'another platform than the one that was met first';
    return { reason: 'platform-changed', detail, code: CLOSE.identity };
  }
  if (!isSelfIssuedCa(offered)) return notOfTheProtocol('the platform shows no CA certificate');
  try {
    ledger.set(PLATFORM, offered.toString('base64'));
    return null;
  } catch (error) {
    if (!(error instanceof DiskFullError)) throw error;
    return { reason: 'disk-full', detail: 'the platform can not be pinned', code: CLOSE.tryLater };
  }
}

function isSelfIssuedCa(der: Buffer): boolean {
  try {
    const certificate = new X509Certificate(der);
    return certificate.ca && certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}

function hello(
  { ledger, terminal, software, lists, clock }: LinkOptions,
  root: number,
): TerminalFrame {
  const { epoch, boot } = ledger;
  const last = ledger.lastFact();
  return {
    frame: 'hello',
    terminal,
    epoch,
    boot,
    last,
    lists: [...lists],
    root,
    software,
    clock: wireReading(clock),
  };
}

function beat({ ledger, clock }: LinkOptions): TerminalFrame {
  return { frame: 'beat', waiting: ledger.waiting(), clock: wireReading(clock) };
}

function wireReading(clock: Clock) {
  const { at, clock: quality, mono } = clock.read();
  return { at, quality, mono };
}
