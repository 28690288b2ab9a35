/**
 * The link to the platform as one device: opened, up, lost. It sends facts, takes lists and trust,
 * and keeps the clock right while it is up. It never heals itself: `state-machines/device.ts` opens
 * the next one. Nothing that serves a person waits for it.
 */

import { hash, randomUUID } from 'node:crypto';
import type { Clock, Correction } from '../clock.ts';
import type { Command } from '../domain/command.ts';
import type { EventName } from '../domain/events.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { FactStream, Ledger } from '../store/ledger.ts';
import type { ListShelf } from '../store/list-shelf.ts';
import {
  type Connection,
  connect,
  type FrameAfterWelcome,
  isSecureUrl,
  isUnenrolledUrl,
  LinkError,
  notOfTheProtocol,
  type Refusal,
  type Welcome,
} from './connection.ts';
import {
  type AlertEar,
  type Downloads,
  type DownloadTimes,
  type LinkObjects,
  type Shared,
  startDownloads,
} from './downloads.ts';
import { streamAfter } from './epochs.ts';
import { FactUpload } from './fact-upload.ts';
import type { TerminalIdentity } from './identity.ts';
import type { InUse } from './in-use.ts';
import type { LoadedInstitution } from './institution-download.ts';
import type { ListKeyRing } from './list-keys.ts';
import type { ListTurns } from './list-turns.ts';
import { OBJECT_TIMES } from './object-source.ts';
import { beat, hello } from './own-frames.ts';
import { isMended, ownKeyError } from './own-key-failures.ts';
import { pin, pinnedPlatform } from './pinned-platform.ts';
import { PlatformRoot } from './platform-root.ts';
import { CLOSE, type ClientRefusal } from './protocol.ts';
import type { Questions } from './questions.ts';
import { RefusedVersions } from './refused-versions.ts';
import { Renewal } from './renewal.ts';
import { saidOnce } from './said-once.ts';
import { SecureLink } from './secure-link.ts';
import type { LoadedTrust } from './trust-folder.ts';
import { REMOVED_SERVICE } from './upload-protocol.ts';

export interface LinkListener {
  /** The link can't be used any more. At most once, and never after `close()`. */
  onLost(reason: string, code: number | null): void;
}

export interface Link {
  /** SHA-256 of the platform's CA certificate, hex. */
  readonly platform: string;
  /** The platform held every fact up to here when it welcomed us. */
  readonly upto: number;
  /** What is fetched over this link, and whose signatures count; null before the welcome. */
  readonly objects: LinkObjects | null;
  close(): Promise<void>;
}

/** Rejects with LinkError. */
export type OpenLink = (listener: LinkListener) => Promise<Link>;

export interface LinkTimes extends DownloadTimes {
  /** From the first packet to the welcome. */
  readonly openMs: number;
  /** Batches without an answer for so long are sent again. */
  readonly answerMs: number;
}

export const LINK_TIMES: LinkTimes = {
  openMs: 5_000,
  answerMs: 10_000,
  firstRetryMs: 1_000,
  longestRetryMs: 60_000,
  objects: OBJECT_TIMES,
};

export interface LinkOptions {
  /** Passes `isUnenrolledUrl` or `isSecureUrl`. */
  readonly url: string;
  /** Null: none was ever asked for. It has no certificate while this terminal is not enrolled. */
  readonly identity: TerminalIdentity | null;
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
  /** Of whoever takes lists otherwise than over a link, too. */
  readonly turns: ListTurns;
  /** What services ask; of the terminal, for it outlives a link. */
  readonly questions: Questions;
  /** A version that is on disk and not in use is taken as a new one. */
  readonly inUse: () => InUse;
  /** Called for each version that comes into use; `loadTrust` has the one on disk. */
  readonly onTrust: (loaded: LoadedTrust) => void;
  /** Called for each version that comes into use; `loadInstitution` has the one on disk. */
  readonly onInstitution: (loaded: LoadedInstitution) => void;
  /** Called for each that is for this terminal, also for those that it knows. */
  readonly onCommand: (command: Command) => void;
  /** Absent: no alert concerns this terminal. */
  readonly alerts?: AlertEar | undefined;
  /** There is news of how those whom this terminal calls are. */
  readonly onStanding?: () => void;
  /** The platform asks not to be called for so long. */
  readonly onTryLater: (afterMs: number) => void;
  readonly times?: LinkTimes;
}

/** So many roots that are not in order may be a fault; more is somebody who fills the journal. */
const BAD_ROOTS_MAX = 3;
/** For an answer that says nothing. */
const REMOVED_MS = 10_000;

/** Returns the function that opens the link. Throws on a URL that is not allowed. */
export function openLink(given: LinkOptions): OpenLink {
  if (!isUnenrolledUrl(given.url) && !isSecureUrl(given.url)) {
    throw new TypeError('the platform is spoken to by TLS, or on this machine');
  }
  const journal = saidOnce(given.journal, () => performance.now());
  const options = { ...given, journal };
  const root = new PlatformRoot({ ...options, now: () => options.clock.now() });
  const refused = new RefusedVersions();
  const shared: Shared = { root, refused, ended: Promise.resolve() };
  return (listener) => OneLink.open(options, shared, listener);
}

class OneLink implements Link {
  platform = '';
  upto = 0;
  readonly #options: LinkOptions;
  readonly #shared: Shared;
  readonly #upload: FactUpload;
  readonly #listener: LinkListener;
  /** What is told over this link. */
  readonly #stream: FactStream;
  /** Null: a terminal that is not enrolled, on this machine. */
  readonly #secure: SecureLink | null;
  #renewal: Renewal | null = null;
  #connection: Connection | null = null;
  #downloads: Downloads | null = null;
  /** DER of the platform's CA certificate, from the welcome on. */
  #pinned: Buffer = Buffer.alloc(0);
  #badRoots = 0;
  #isOpen = false;
  #isStopped = false;
  /** It was lost before whoever opens it had it, who has to be told so by the opening itself. */
  #lostEarly: LinkError | null = null;
  /** Why this side ends the link as soon as it is open. */
  #ending: string | null = null;
  #stopNudges: () => void = () => {};

  get objects(): LinkObjects | null {
    return this.#downloads?.objects ?? null;
  }

  private constructor(
    options: LinkOptions,
    shared: Shared,
    secure: SecureLink | null,
    listener: LinkListener,
  ) {
    const { ledger, journal, times = LINK_TIMES } = options;
    this.#listener = listener;
    this.#stream = ledger.stream();
    this.#options = options;
    this.#shared = shared;
    this.#secure = secure;
    this.#upload = new FactUpload({
      journal,
      waiting: () => ledger.waiting(),
      onTold: (stream) => this.#told(stream),
      onRemoved: ({ epoch, gone }) => this.#tellRemoved(epoch, gone),
      send: (frame) => this.#connection?.send(frame),
      hasRoom: () => this.#connection?.hasRoom ?? false,
      answerMs: times.answerMs,
      now: () => performance.now(),
    });
  }

  static async open(options: LinkOptions, shared: Shared, listener: LinkListener): Promise<Link> {
    const { times = LINK_TIMES } = options;
    const secure = secureLinkOf(options, times);
    await secure?.identity.credentials().catch((error: unknown) => {
      throw ownKeyError(error);
    });
    const link = new OneLink(options, shared, secure, listener);
    link.#connection = await connect(
      {
        url: options.url,
        transport: secure && (() => secure.connect()),
        hello: (subprotocol) => hello(options, link.#stream, shared.root.version, subprotocol),
        beat: () => beat(options),
        openTimeoutMs: times.openMs,
      },
      {
        onWelcome: (welcome, roundTripMs) => link.#welcome(welcome, roundTripMs),
        onFrame: (frame) => link.#take(frame),
        onSent: () => link.#upload.pump(),
        onBeat: () => link.#onBeat(),
        onTurnedAway: (why, now, roundTripMs) => link.#turnedAway(why, now, roundTripMs),
        onRefused: ({ reason, detail, code }) => {
          options.journal('link.refused', { reason, detail, code });
        },
        onTryLater: options.onTryLater,
        onLost: (reason, code) => {
          link.#stop();
          if (link.#isOpen) listener.onLost(reason, code);
          else link.#lostEarly = new LinkError(reason, code, null);
        },
      },
    );
    link.#upload.pump();
    await secure?.identity.connected().catch(isMended);
    if (link.#lostEarly !== null) throw link.#lostEarly;
    link.#renewal = secure && link.#renewalOver(secure);
    link.#renewal?.look();
    options.questions.up((frame) => link.#connection?.send(frame));
    link.#isOpen = true;
    if (link.#ending !== null) link.#endWith(link.#ending);
    return link;
  }

  /** Before it has an answer the platform says that there is a gap; whatever had no answer is told again. */
  #tellRemoved(epoch: string, upto: number): void {
    const body = JSON.stringify({ epoch, upto });
    const question = { id: randomUUID(), service: REMOVED_SERVICE, body, card: null };
    void this.#options.questions.ask(question, AbortSignal.timeout(REMOVED_MS));
  }

  async close(): Promise<void> {
    this.#stop();
    await Promise.all([this.#connection?.close(), this.#shared.ended]);
  }

  #welcome(welcome: Welcome, roundTripMs: number): Refusal | null {
    const { clock, ledger } = this.#options;
    const pinned = Buffer.from(welcome.platform, 'base64');
    const refusal = pin(ledger, pinned) ?? this.#faultAt(Date.parse(welcome.now));
    if (refusal !== null) return refusal;
    this.#pinned = pinned;
    this.platform = hash('sha256', pinned);
    this.upto = welcome.upto;
    this.#corrected(clock.correct(Date.parse(welcome.now), roundTripMs));
    this.#downloads = startDownloads(
      { ...this.#options, times: this.#options.times ?? LINK_TIMES },
      this.#shared,
      pinned,
      this.#secure,
    );
    const stream = streamAfter(welcome, this.#stream, this.#options);
    if (stream?.epoch === this.#stream.epoch) {
      this.#upload.start(stream, welcome.upto, welcome.credit);
    } else if (stream !== null) this.#endWith('new-epoch');
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
      case 'slow':
        this.#upload.onSlow(frame.credit, frame.pauseMs);
        return null;
      case 'beat':
        this.#corrected(this.#options.clock.heard(Date.parse(frame.now)));
        return null;
      case 'renewed':
        return this.#renewal?.take(Buffer.from(frame.certificate, 'base64'))
          ? null
          : notOfTheProtocol('a certificate that was not asked for');
      case 'answer':
      case 'fault':
        return this.#options.questions.take(frame) ? null : notOfTheProtocol('too many answers');
      case 'head':
        return this.#downloads?.heads.take(frame) ? null : notOfTheProtocol('too many heads');
      case 'command':
        return this.#downloads?.commands.take(frame) ? null : notOfTheProtocol('too many commands');
      case 'alert':
        return this.#downloads?.alerts.take(frame) ? null : notOfTheProtocol('too many alerts');
      case 'poke':
        this.#options.onStanding?.();
        return null;
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
    this.#renewal?.look();
  }

  /** What was not known during the handshake: whether the platform's certificate is in time, by its own account. */
  #faultAt(platformNow: number): Refusal | null {
    const { clock } = this.#options;
    const fault = this.#secure?.faultAt(Math.max(platformNow, clock.floor)) ?? null;
    if (fault === null) return null;
    return { reason: 'platform-certificate', detail: fault, code: CLOSE.identity };
  }

  #turnedAway(why: ClientRefusal, platformNow: number, roundTripMs: number): void {
    if (why === 'replaced' || why === 'unknown-certificate') this.#secure?.identity.refused();
    const isTime = why === 'link-certificate-dates' && !Number.isNaN(platformNow);
    if (!isTime || this.#faultAt(platformNow) !== null) return;
    this.#corrected(this.#options.clock.correct(platformNow, roundTripMs));
  }

  #renewalOver({ identity, ca }: SecureLink): Renewal {
    return new Renewal({
      identity,
      ca,
      send: (frame) => this.#connection?.send(frame),
      journal: this.#options.journal,
      // What was renewed counts from the next connection on.
      onRenewed: () => this.#endWith('renewed'),
    });
  }

  /** The epoch that is next is told over the next link. */
  #told({ epoch, last }: FactStream): void {
    this.#options.journal('facts.retold', { epoch, upto: last().seq });
    this.#endWith('facts-retold');
  }

  /** Not inside the frame that led to it, and not before whoever opened this link has it. */
  #endWith(reason: string): void {
    this.#ending = reason;
    if (!this.#isOpen) return;
    setImmediate(() => {
      if (this.#isStopped) return;
      this.#stop();
      void this.#connection?.close();
      this.#listener.onLost(reason, null);
    });
  }

  #corrected(correction: Correction | null): void {
    if (correction !== null) this.#options.journal('clock.corrected', { ...correction });
  }

  #stop(): void {
    this.#isStopped = true;
    this.#stopNudges();
    this.#upload.stop();
    this.#options.questions.down();
    const { ended } = this.#shared;
    this.#shared.ended = Promise.all([ended, this.#downloads?.close()]).then(() => {});
  }
}

/** Throws LinkError where address and enrolment do not go together: nothing is sent then. */
function secureLinkOf(options: LinkOptions, times: LinkTimes): SecureLink | null {
  const { url, identity, ledger, clock } = options;
  const ca = pinnedPlatform(ledger);
  const enrolled = identity?.certificate && ca ? { identity, ca } : null;
  if (isSecureUrl(url)) {
    if (enrolled === null) throw new LinkError('not-enrolled', null, null);
    return new SecureLink({ url, ...enrolled, clock, timeoutMs: times.openMs });
  }
  if (enrolled !== null) throw new LinkError('enrolled-without-tls', null, null);
  return null;
}
