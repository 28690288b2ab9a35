/** "This version is the newest": short-lived signed statements, made again whenever a list changes or they grow old. */

import {
  ENTRY_LIST_MANIFEST,
  HEAD,
  type Head,
  type KeyPurpose,
  type PlatformFrame,
} from '../src/link/protocol.ts';
import { INSTITUTION_LIST, institutionKey } from './institutions.ts';
import { wrapKey } from './key-envelope.ts';
import { signAnew } from './publish.ts';
import type { Publication, Registry } from './registry.ts';
import { deriveRowKeys } from './row-seal.ts';
import type { PlatformKeys } from './signing.ts';
import { TRUST_LIST } from './trust.ts';

const EXPIRES_MS = 15 * 60_000;
const SIGN_AGAIN_MS = 5 * 60_000;

export interface ListHead {
  readonly list: string;
  readonly version: number;
  /** SHA-256 of the signed manifest. */
  readonly statement: string;
  /** Whether this version had no statement before. */
  readonly isNew: boolean;
  readonly signedAt: number;
  /** Names of the terminals that get it; empty: every terminal. */
  readonly audience: readonly string[];
  /** The frame for terminals that are not enrolled, as JSON text. */
  readonly frame: string;
  /** The signed statement, base64. */
  readonly signed: string;
  /** What belongs to it and goes wrapped to those that are. */
  readonly keys: readonly { readonly purpose: KeyPurpose; readonly key: Buffer }[];
}

export class Heads {
  readonly #registry: Registry;
  readonly #keys: PlatformKeys;
  readonly #heads = new Map<string, ListHead>();
  #changeMark = '';
  /** The version of the root under which the heads were signed. */
  #root = 0;

  constructor(registry: Registry, keys: PlatformKeys) {
    this.#registry = registry;
    this.#keys = keys;
  }

  /** Signs what changed or is due at `now` (ms since the epoch), and returns that. */
  async refresh(now: number): Promise<ListHead[]> {
    const fresh: ListHead[] = [];
    const changeMark = `${this.#registry.changeMark()} ${this.#keys.roots.length}`;
    if (changeMark === this.#changeMark && !this.#isDue(now)) return fresh;
    const { roots } = this.#keys;
    const isNewRoot = roots.length !== this.#root;
    for (const { publication: published, key } of this.#publicationsWithKeys()) {
      const held = this.#heads.get(published.list);
      const isKnown = held?.statement === published.statement && !isNewRoot;
      if (isKnown && !isOld(held, now)) continue;
      const publication = isKnown
        ? published
        : await signAnew(this.#registry, this.#keys, published);
      // Overtaken: its signature is of no use, and its key is not the newest. The mark has changed since it was taken, so
      // the next refresh says what is newest.
      if (publication === null) continue;
      const isNew = held?.version !== publication.version;
      const time = { now, lifeMs: EXPIRES_MS };
      const head = { ...(await signHead(this.#keys, publication, key, time)), isNew };
      this.#heads.set(head.list, head);
      fresh.push(head);
    }
    this.#changeMark = changeMark;
    this.#root = roots.length;
    return fresh;
  }

  all(): Iterable<ListHead> {
    return this.#heads.values();
  }

  /** Read together: while one list is signed, another process may give another one a new key. */
  #publicationsWithKeys() {
    const registry = this.#registry;
    return registry.db.transaction(() =>
      registry.publications().map((publication) => {
        const { kind, list } = publication;
        const key = kind === 'institution' ? institutionKey(registry) : registry.listKey(list);
        return { publication, key };
      }),
    )();
  }

  #isDue(now: number): boolean {
    return [...this.#heads.values()].some((head) => isOld(head, now));
  }
}

/** The head of one list as it is published, for whoever hears it another way than over a link; null: there is no such list. */
export async function headOf(
  registry: Registry,
  keys: PlatformKeys,
  list: string,
  time: { readonly now: number; readonly lifeMs: number },
): Promise<Omit<ListHead, 'isNew'> | null> {
  const found = registry.db.transaction(() => {
    const publication = registry.publication(list);
    return publication && { publication, key: registry.listKey(list) };
  })();
  return found === undefined ? null : signHead(keys, found.publication, found.key, time);
}

async function signHead(
  keys: PlatformKeys,
  publication: Publication,
  key: Buffer | null | undefined,
  { now, lifeMs }: { readonly now: number; readonly lifeMs: number },
): Promise<Omit<ListHead, 'isNew'>> {
  const { list, kind, version, root, statement } = publication;
  const head: Head = HEAD.parse({
    kind: 'head',
    of: kind,
    list,
    version,
    root,
    manifest: statement,
    at: new Date(now).toISOString(),
    expires: new Date(now + lifeMs).toISOString(),
  });
  const signed = await keys.sign('head', Buffer.from(JSON.stringify(head), 'utf8'));
  const frame: PlatformFrame = {
    frame: 'head',
    statement: signed.toString('base64'),
    ...(key && { key: key.toString('base64') }),
  };
  const audience = kind === 'entry-list' ? audienceOf(publication) : [];
  return {
    ...{ list, version, statement, signedAt: now, audience },
    frame: JSON.stringify(frame),
    signed: frame.statement,
    keys: key ? keysOf(publication, key) : [],
  };
}

/** The frame for one terminal that is enrolled, as JSON text. `certificate`: DER of the one that its link shows. */
export function wrappedFrame(
  { signed, keys }: Pick<ListHead, 'signed' | 'keys'>,
  certificate: Buffer,
): string {
  const wrapped = keys.map(({ purpose, key }) =>
    wrapKey(purpose, key, certificate).toString('base64'),
  );
  const frame: PlatformFrame = {
    frame: 'head',
    statement: signed,
    ...(wrapped.length > 0 && { wrapped }),
  };
  return JSON.stringify(frame);
}

/** An enrolled terminal never gets a list key: what it needs of it is K_row and K_data. */
function keysOf({ kind, list }: Publication, key: Buffer): ListHead['keys'] {
  if (kind === 'institution') return [{ purpose: 'institution', key }];
  const { row, data } = deriveRowKeys(key, list);
  return [
    { purpose: 'row', key: row.export() },
    { purpose: 'data', key: data.export() },
  ];
}

/** A clock that was set back counts too: a statement from the future would outlive its time. */
function isOld(head: ListHead, now: number): boolean {
  return now - head.signedAt >= SIGN_AGAIN_MS || now < head.signedAt;
}

function audienceOf({ manifest }: Publication): readonly string[] {
  return ENTRY_LIST_MANIFEST.parse(JSON.parse(manifest)).audience;
}

/** Whether a terminal that asked for `lists` gets this head. What is no entry list goes to everyone. */
export function isFor(head: ListHead, terminal: string, lists: readonly string[]): boolean {
  if (head.list === TRUST_LIST || head.list === INSTITUTION_LIST) return true;
  const allowed = head.audience.length === 0 || head.audience.includes(terminal);
  return allowed && lists.includes(head.list);
}
