/**
 * What can go wrong at the centre, to be switched on while it runs: each incident of the field, correctly signed. They are
 * rows of centre.db, so that a command, a page and a test all switch them in the same way.
 */

import type { SqliteDatabase } from '../database.ts';
import { InputError } from '../input-error.ts';
import type { Words } from '../street/messages.ts';

interface CentreFault {
  readonly label: Words;
  readonly says: Words;
}

export const CENTRE_FAULTS = {
  'mixes-requests': {
    label: { ja: '別の人の台帳を読む', en: "Read another's record" },
    says: {
      ja: 'センターが、別の人の戸籍を読んで発行します。署名は正しいままです。',
      en: "the centre reads another holder's record; manifest and document are both theirs, rightly signed",
    },
  },
  'swaps-document': {
    label: { ja: '証明書だけすりかえる', en: 'Swap the document' },
    says: {
      ja: '発行票は本人のもの、証明書は別の人のものになります。',
      en: "the manifest is right, and the document is another holder's",
    },
  },
  'other-manifest': {
    label: { ja: '発行票だけすりかえる', en: 'Swap the manifest' },
    says: {
      ja: '証明書は本人のもの、発行票は別の人のものになります。',
      en: "the document is right, and the manifest is another holder's",
    },
  },
  'replays-issue': {
    label: { ja: '前の発行をもう一度', en: 'Replay an issue' },
    says: {
      ja: '前に頼んだ人の発行が、もう一度返ってきます。',
      en: 'the issue of an earlier request comes once more',
    },
  },
  'answers-twice': {
    label: { ja: '2回答える', en: 'Answer twice' },
    says: { ja: 'センターが同じ答えを2回送ります。', en: 'every answer comes twice' },
  },
  'answers-late': {
    label: { ja: '遅れて答える', en: 'Answer late' },
    says: {
      ja: '端末が待つのをやめたあとに、答えが届きます。',
      en: 'the answer comes after the terminal has stopped waiting',
    },
  },
  'never-answers': {
    label: { ja: '答えない', en: 'Never answer' },
    says: { ja: '発行はされますが、答えが来ません。', en: 'it issues, and no answer comes' },
  },
  'other-topology': {
    label: { ja: '構成がちがう', en: 'Another topology' },
    says: {
      ja: 'センターが、別の構成のプログラムで動いていると答えます。',
      en: 'the centre says that it is the program for a single site',
    },
  },
  'other-fee': {
    label: { ja: '手数料がちがう', en: 'Another fee' },
    says: { ja: '発行票の手数料が100円多くなります。', en: 'the manifest names 100 yen more' },
  },
  'no-fee': {
    label: { ja: '手数料が0円', en: 'A fee of 0' },
    says: { ja: '発行票の手数料が0円になります。', en: 'the manifest names no fee' },
  },
  'no-pdf': {
    label: { ja: 'PDFではない', en: 'No PDF' },
    says: { ja: '証明書がPDFではありません。', en: 'the document is no PDF' },
  },
  'too-many-pages': {
    label: { ja: '500ページ', en: '500 pages' },
    says: { ja: '証明書が500ページあります。', en: 'the document has 500 pages' },
  },
  'with-javascript': {
    label: { ja: 'JavaScript入り', en: 'With JavaScript' },
    says: { ja: '証明書に JavaScript が入っています。', en: 'the document carries JavaScript' },
  },
  'too-large': {
    label: { ja: '20MBより大きい', en: 'Larger than 20 MB' },
    says: { ja: '証明書が20MBより大きくなります。', en: 'the document is larger than 20 MB' },
  },
} as const satisfies Record<string, CentreFault>;

export type CentreFaultName = keyof typeof CENTRE_FAULTS;

export const CENTRE_FAULT_NAMES = Object.keys(CENTRE_FAULTS) as CentreFaultName[];

export class CentreFaults {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  /** `times`: how often it strikes; null: until it is mended. Throws InputError on a name that is none. */
  set(name: string, times: number | null = null): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO fault (name, left) VALUES (?, ?)')
      .run(nameOf(name), times);
  }

  /** Without a name: everything is mended. Throws InputError on a name that is none. */
  mend(name?: string): void {
    if (name === undefined) this.#db.exec('DELETE FROM fault');
    else this.#db.prepare('DELETE FROM fault WHERE name = ?').run(nameOf(name));
  }

  on(): CentreFaultName[] {
    const select = this.#db.prepare('SELECT name FROM fault').pluck();
    const names = new Set(select.all() as string[]);
    return CENTRE_FAULT_NAMES.filter((name) => names.has(name));
  }

  /** Whether it strikes now; each time counts. */
  strikes(name: CentreFaultName): boolean {
    if (!this.on().includes(name)) return false;
    this.#db.prepare('UPDATE fault SET left = left - 1 WHERE name = ?').run(name);
    this.#db.prepare('DELETE FROM fault WHERE name = ? AND left <= 0').run(name);
    return true;
  }
}

function nameOf(name: string): CentreFaultName {
  const found = CENTRE_FAULT_NAMES.find((known) => known === name);
  if (found !== undefined) return found;
  throw new InputError(`no fault is called ${name}; there are: ${CENTRE_FAULT_NAMES.join(', ')}`);
}
