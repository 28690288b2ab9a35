/**
 * The link to the platform over the terminal's whole life, and what came over it: trust and list keys. Opened from disk
 * first, so that a terminal serves without a network.
 */

import type { Institution } from '../devices/card/card.ts';
import { BroughtLists } from './brought-lists.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { reconnectDelay } from './domain/back-off.ts';
import type { Command } from './domain/command.ts';
import { type KeyStore, KeyStoreError } from './keys/key-store.ts';
import { forgetChunksOf } from './link/chunk-store.ts';
import type { AlertEar } from './link/downloads.ts';
import { HoldingsReport } from './link/holdings.ts';
import { TerminalIdentity } from './link/identity.ts';
import type { InUse } from './link/in-use.ts';
import { type LoadedInstitution, loadInstitution } from './link/institution-download.ts';
import { type Link, openLink } from './link/link.ts';
import { ListKeyRing } from './link/list-keys.ts';
import { ListMender } from './link/list-mender.ts';
import { ListTurns } from './link/list-turns.ts';
import { type FetchObject, ObjectError } from './link/object-source.ts';
import { pinnedPlatform, platformTrust } from './link/pinned-platform.ts';
import { KEY_ID_PROBE } from './link/protocol.ts';
import { type Ask, Questions } from './link/questions.ts';
import { type LoadedTrust, loadTrust } from './link/trust-folder.ts';
import type { OwnKeysListener } from './own-keys.ts';
import { certificateHash, type ListKeys } from './pki/converted-value.ts';
import type { Signers } from './pki/signed-object.ts';
import { TrustStore } from './pki/trust-store.ts';
import type { Recorder } from './recorder.ts';
import type { Ledger } from './store/ledger.ts';
import type { ListShelf } from './store/list-shelf.ts';
import { type Inspect, type Supervisor, supervise } from './supervision.ts';
import { SOFTWARE } from './version.ts';

/** `askedMs`: for how long the platform asked not to be called; the jitter comes on top of it. */
export function backOff(failures: number, askedMs: number): number {
  return Math.max(0, askedMs) + reconnectDelay(failures);
}

export interface LinkSupervisorParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly shelf: ListShelf;
  readonly recorder: Recorder;
  readonly keyStore: KeyStore;
  readonly inspect: Inspect;
  /** Lists, keys or trust have changed. */
  readonly onChange: () => void;
  /** Absent: the terminal stands nowhere that alerts are for. */
  readonly alerts?: AlertEar | null;
}

export class LinkSupervisor {
  readonly #config: Config;
  readonly #parts: LinkSupervisorParts;
  readonly #keys = new Map<string, ListKeys>();
  /** By list: the root of a version whose rows are not of the keys that are here. */
  readonly #unfit = new Map<string, string>();
  readonly #ring: ListKeyRing;
  readonly #turns = new ListTurns();
  readonly #identity: TerminalIdentity;
  readonly #questions: Questions;
  #trust: TrustStore;
  #institution: Institution | null = null;
  #inUse: InUse = { trust: null, institution: null };
  #link: Link | null = null;
  /** The platform asked not to be called before this, on the monotonic clock, ms. */
  #notBefore = 0;
  #supervisor: Supervisor | null = null;
  #mender: ListMender | null = null;
  #holdings: HoldingsReport | null = null;
  readonly #standing = new Set<() => void>();

  private constructor(config: Config, parts: LinkSupervisorParts, trust: TrustStore) {
    this.#config = config;
    this.#parts = parts;
    this.#trust = trust;
    const { ledger, clock, keyStore } = parts;
    this.#identity = new TerminalIdentity({ terminal: config.name, ledger, keys: keyStore, clock });
    this.#ring = new ListKeyRing(parts.keyStore, (list, keys) => {
      this.#keys.set(list, keys);
      this.#unfit.delete(list);
      parts.onChange();
    });
    this.#questions = new Questions((event, fields) => parts.recorder.note(event, fields));
  }

  /** With what the state folder holds; no packet is sent before `start`. */
  static async open(config: Config, parts: LinkSupervisorParts): Promise<LinkSupervisor> {
    const nothing = TrustStore.load({ anchors: [], crls: [] });
    const supervisor = new LinkSupervisor(config, parts, nothing);
    await supervisor.#load();
    await supervisor.#trust.warm();
    return supervisor;
  }

  get trust(): TrustStore {
    return this.#trust;
  }

  /** In whose name cards are asked to prove their key; null: this terminal can't ask. */
  get institution(): Institution | null {
    return this.#institution;
  }

  /** In what cards sign, this terminal is its certificate; its name stands in for it while it is not enrolled. */
  get identity(): Uint8Array {
    return this.#identity.certificate ?? Buffer.from(this.#config.name, 'utf8');
  }

  /** The certificate of its enrolment, and what its key signs. */
  get enrolled(): TerminalIdentity {
    return this.#identity;
  }

  get trustOrigin(): 'none' | 'first-contact' | 'enrolled' {
    return platformTrust(this.#parts.ledger);
  }

  get isUp(): boolean {
    return this.#link !== null;
  }

  /** Whether the platform can be asked now. */
  get isOnline(): boolean {
    return this.#questions.isOnline;
  }

  /** Asks the other side of a service. */
  get ask(): Ask {
    return this.#questions.ask;
  }

  /** Whose signatures count; null without a link. */
  get signers(): Signers | null {
    return this.#link?.objects?.signers ?? null;
  }

  /** Of the platform. */
  readonly fetchObject: FetchObject = async (sha256, limit, signal) => {
    const objects = this.#link?.objects ?? null;
    if (objects === null) throw new ObjectError('unreachable', 'there is no link');
    return objects.fetch(sha256, limit, signal);
  };

  /** Calls the listener when the platform says that there is news of people's standing, until the returned function is called. */
  watchStanding(listener: () => void): () => void {
    this.#standing.add(listener);
    return () => void this.#standing.delete(listener);
  }

  listKeys(list: string): ListKeys | null {
    const unfit = this.#unfit.get(list);
    if (unfit !== undefined && unfit === this.#parts.shelf.active(list)?.manifest.root) return null;
    return this.#keys.get(list) ?? null;
  }

  /** What the key store's coming and going means here: the kept keys of these lists, and of the institution, with it. */
  usingKeys(lists: readonly string[]): OwnKeysListener {
    return {
      onReady: async () => {
        await this.#loadInstitution();
        await this.#loadListKeys(lists);
        this.#parts.onChange();
      },
      onLost: () => {
        this.#keys.clear();
        this.#institution = null;
        this.#parts.onChange();
      },
    };
  }

  async #loadListKeys(lists: readonly string[]): Promise<void> {
    for (const list of lists) {
      try {
        await this.#ring.load(list);
        await this.#compareWithList(list);
      } catch (error) {
        if (!(error instanceof KeyStoreError)) throw error;
        this.#parts.recorder.note('keys.unusable', { list, reason: error.message });
      }
    }
  }

  /**
   * Keys and list are two files, and a power cut may fall between them; or the newest version is damaged, and the one
   * before it has other keys. Nobody would be found: better no list than one that refuses everybody.
   */
  async #compareWithList(list: string): Promise<void> {
    const manifest = this.#parts.shelf.active(list)?.manifest;
    const keys = this.#keys.get(list);
    if (manifest?.keyId === undefined || keys === undefined) return;
    const keyId = await keys.convertedValue(certificateHash(KEY_ID_PROBE));
    if (keyId.toString('hex') === manifest.keyId) return;
    this.#unfit.set(list, manifest.root);
    const reason = `version ${manifest.version} of the list is sealed under other keys`;
    this.#parts.recorder.note('keys.unusable', { list, reason });
  }

  /** Keeps the link up from now on. */
  start(lists: readonly string[], onCommand: (command: Command) => void): void {
    const { recorder, ledger, shelf, onChange } = this.#parts;
    this.#mender = new ListMender({
      ...{ lists, shelf, stateDirectory: this.#config.state, fetch: this.fetchObject },
      journal: (event, fields) => recorder.note(event, fields),
    });
    const holdings = new HoldingsReport({ lists, shelf, ask: this.ask });
    this.#holdings = holdings;
    const open = openLink({
      ...this.#parts,
      url: this.#config.platform.url,
      terminal: this.#config.name,
      identity: this.#identity,
      software: SOFTWARE,
      lists,
      stateDirectory: this.#config.state,
      questions: this.#questions,
      journal: (event, fields) => {
        recorder.note(event, fields);
        if (event === 'list.activated') holdings.tell();
        onChange();
      },
      listKeys: this.#ring,
      turns: this.#turns,
      onCommand,
      alerts: this.#parts.alerts ?? undefined,
      onStanding: () => {
        for (const listener of this.#standing) listener();
      },
      onTryLater: (afterMs) => {
        this.#notBefore = performance.now() + afterMs;
      },
      inUse: () => this.#inUse,
      onTrust: (loaded) => {
        this.#useTrust(loaded);
        onChange();
      },
      onInstitution: (loaded) => {
        this.#useInstitution(loaded);
        onChange();
      },
    });
    this.#supervisor = supervise(
      {
        open: async () => {
          this.#link = await open({
            onLost: (reason, code) =>
              this.#supervisor?.lost(code === null ? reason : `${reason} (${code})`),
          });
        },
        close: async () => {
          const link = this.#link;
          this.#link = null;
          await link?.close();
        },
        onReady: () => {
          const { platform, upto } = this.#link ?? { platform: '', upto: 0 };
          recorder.note('link.up', { platform, upto });
          holdings.linkUp();
          onChange();
        },
        onLost: (reason) => {
          recorder.note('link.down', { reason, waiting: ledger.waiting() });
          onChange();
        },
      },
      this.#parts.inspect,
      (failures) => backOff(failures, this.#notBefore - performance.now()),
    );
  }

  /** For lists that come otherwise than over the link. */
  brought(): BroughtLists {
    const { clock, shelf, recorder } = this.#parts;
    return new BroughtLists({
      ...{
        terminal: this.#config.name,
        stateDirectory: this.#config.state,
        clock,
        shelf,
        recorder,
      },
      ...{ listKeys: this.#ring, turns: this.#turns, recipient: this.#identity },
      onTaken: () => {
        this.#holdings?.tell();
        this.#parts.onChange();
      },
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.#mender?.stop(), this.#holdings?.stop(), this.#supervisor?.stop()]);
  }

  /** Deletes the keys and the chunks of a list. Rejects with `KeyStoreError`, or as the file system does. */
  async forgetList(list: string): Promise<void> {
    await forgetChunksOf(this.#config.state, list);
    this.#keys.delete(list);
    await this.#ring.forget(list);
    this.#parts.onChange();
  }

  async #load(): Promise<void> {
    const pinned = pinnedPlatform(this.#parts.ledger);
    if (pinned !== null) await this.#loadTrust(pinned);
  }

  async #loadInstitution(): Promise<void> {
    const { ledger, recorder, keyStore } = this.#parts;
    const pinned = pinnedPlatform(ledger);
    if (pinned === null) return;
    const kept = await loadInstitution(this.#config.state, keyStore, pinned, (event, fields) =>
      recorder.note(event, fields),
    );
    if (kept !== null) this.#useInstitution(kept);
  }

  #useInstitution({ institution, root }: LoadedInstitution): void {
    this.#inUse = { ...this.#inUse, institution: root };
    const own = (): Uint8Array => this.identity;
    this.#institution = institution && {
      certificate: institution.certificate,
      get terminal() {
        return own();
      },
      sign: (data) => institution.key.sign(data),
    };
  }

  async #loadTrust(pinned: Buffer): Promise<void> {
    const { recorder } = this.#parts;
    const kept = await loadTrust(this.#config.state, pinned);
    if (kept === null) return;
    this.#useTrust(kept);
    recorder.note('trust.activated', {
      version: kept.version,
      anchors: kept.store.anchors,
      crls: kept.store.crls.length,
    });
  }
  #useTrust({ store, root }: LoadedTrust): void {
    this.#inUse = { ...this.#inUse, trust: root };
    this.#trust = store;
  }
}
