/** Breaking things at a terminal of the street: each fault by name, what it does, and how it is mended. */

import type { Breakable, Fault } from './breakable.ts';
import { KIOSK_FAULTS } from './kiosk-faults.ts';
import type { FaultShown, Words } from './messages.ts';
import type { PrinterFault } from './receipt-stack.ts';
import type { MachineState } from './release-stack.ts';
import { TELEVISION_FAULTS } from './television-faults.ts';

/** How late each piece arrives in a slow network; heartbeats still make it. */
const SLOW_MS = 700;

const NEEDS_ROOT: Words = { ja: 'root が必要です', en: 'needs root' };
const NEEDS_FAKETIME: Words = { ja: 'faketime がありません', en: 'missing: faketime' };
const NOT_OURS: Words = { ja: 'この通りの pcscd ではありません', en: 'no pcscd of its own here' };

const printer = (label: Words, says: Words, fault: PrinterFault): Fault => ({
  label,
  says,
  place: 'printer',
  fits: ({ receipts }) => receipts !== null,
  apply: ({ receipts }) => receipts?.fault(fault),
  mend: ({ receipts }) => receipts?.fault('none'),
});

const machine = (label: Words, says: Words, state: MachineState): Fault => ({
  label,
  says,
  place: 'release',
  fits: ({ release }) => release !== null,
  apply: ({ release }) => release?.set(state),
  mend: ({ release }) => release?.set('ready'),
});

const clock = (label: Words, says: Words, setting: 'ahead' | 'tomorrow' | '1970'): Fault => ({
  label,
  says,
  place: 'clock',
  apply: (at) => at.terminal.setClock(setting),
  mend: (at) => at.terminal.setClock('right'),
  missing: (at) => (at.canSkewClock ? null : NEEDS_FAKETIME),
});

const FAULTS = {
  'card-pulled': {
    label: { ja: 'カードを引きぬく', en: 'Pull the card' },
    says: {
      ja: '読み取りの途中で、カードを引きぬきます。',
      en: 'the card that lies there is pulled, or else the next one, in the middle of the reading',
    },
    place: 'card',
    apply: (at) => (at.hands.who === null ? undefined : at.hands.remove()),
    mend: () => {},
  },
  'reader-unplugged': {
    label: { ja: '読み取り機をぬく', en: 'Unplug the reader' },
    says: { ja: '読み取り機の線をぬきます。', en: 'the card reader is unplugged' },
    place: 'reader',
    apply: (at) => at.cards.unplug(),
    async mend(at) {
      await at.cards.plug();
      await at.hands.layAgain();
    },
    missing: (at) => (at.cards.canUnplug ? null : NOT_OURS),
  },
  'pcscd-killed': {
    label: { ja: 'pcscd を止める', en: 'Kill pcscd' },
    says: {
      ja: '読み取りの土台 pcscd を止め、1秒後に動かします。',
      en: 'the PC/SC service is killed, and started again after a second',
    },
    place: 'reader',
    async apply(at) {
      await at.cards.restart();
      await at.hands.layAgain();
    },
    missing: (at) => (at.cards.canRestart ? null : NOT_OURS),
  },
  'paper-out': printer(
    { ja: '紙を切らす', en: 'Paper out' },
    { ja: '券や領収書の紙がなくなります。', en: 'the receipt printer is out of paper' },
    'paper-out',
  ),
  'cover-open': printer(
    { ja: 'ふたを開ける', en: 'Open the cover' },
    { ja: 'プリンターのふたを開けます。', en: "the receipt printer's cover is open" },
    'cover-open',
  ),
  'printer-off': printer(
    { ja: 'プリンターを切る', en: 'Printer off' },
    {
      ja: 'プリンターの電源を切ります。何も答えません。',
      en: 'the receipt printer has no power and answers nothing',
    },
    'power-off',
  ),
  'sold-out': machine(
    { ja: '売り切れにする', en: 'Sold out' },
    { ja: '缶がなくなります。', en: 'the machine has no can left, and says that it is not ready' },
    'empty',
  ),
  'can-left': machine(
    { ja: '缶を取らない', en: 'Leave the can' },
    {
      ja: '前の人の缶が取り出し口に残り、次が出せません。',
      en: 'nobody takes the last can: the tray is blocked, and the machine says that it is not ready',
    },
    'empty',
  ),
  jammed: machine(
    { ja: '缶をつまらせる', en: 'Jam the machine' },
    {
      ja: '動けると言いながら、合図に答えません。',
      en: 'the machine says that it is ready, and does nothing when it is told to',
    },
    'jammed',
  ),
  'network-down': {
    label: { ja: '通信を切る', en: 'Cut the network' },
    says: { ja: '端末の通信を切ります。', en: 'the cable between terminal and platform is pulled' },
    place: 'network',
    apply: (at) => at.cable.cut(),
    mend: (at) => at.cable.restore(),
  },
  'network-slow': {
    label: { ja: '通信を遅らせる', en: 'Slow network' },
    says: {
      ja: '何を送っても、着くのが遅くなります。',
      en: `everything between terminal and platform arrives ${SLOW_MS} ms late`,
    },
    place: 'network',
    apply: (at) => at.cable.slowDown(SLOW_MS),
    mend: (at) => at.cable.restore(),
  },
  'network-stalled': {
    label: { ja: '通信をつまらせる', en: 'Half-open network' },
    says: {
      ja: 'つながったまま、何も届かなくなります。',
      en: 'connections stay and nothing passes, and nothing says so',
    },
    place: 'network',
    apply: (at) => at.cable.stall(),
    mend: (at) => at.cable.restore(),
  },
  'clock-ahead': clock(
    { ja: '時計をずらす', en: 'Skew the clock' },
    {
      ja: '端末を、3時間進んだ時計で動かし直します。',
      en: 'the terminal is restarted with a clock that is three hours ahead',
    },
    'ahead',
  ),
  'clock-tomorrow': clock(
    { ja: '時計を1日すすめる', en: 'Clock a day ahead' },
    {
      ja: '端末を、1日進んだ時計で動かし直します。',
      en: 'the terminal is restarted with a clock that is a day ahead',
    },
    'tomorrow',
  ),
  'clock-1970': clock(
    { ja: '時計を1970年に', en: 'Clock at 1970' },
    {
      ja: '電池の切れた時計で、端末を動かし直します。',
      en: 'the terminal is restarted with a clock that has lost its battery and begins in 1970',
    },
    '1970',
  ),
  'answer-swapped': {
    label: { ja: '答えをすりかえる', en: 'Swap the answer' },
    says: {
      ja: 'カードの答えが、途中からほかの人のものになります。',
      en: "from the middle of the reading on, the card's answers are another person's",
    },
    place: 'card',
    apply: () => {},
    mend: () => {},
  },
  'disk-full': {
    label: { ja: 'ディスクを満たす', en: 'Fill the disk' },
    says: { ja: '端末のディスクをいっぱいにします。', en: "the terminal's disk is full" },
    place: 'disk',
    apply: (at) => at.disk?.fill(),
    mend: (at) => at.disk?.empty(),
    missing: (at) => (at.disk === null ? NEEDS_ROOT : null),
  },
  'terminal-killed': {
    label: { ja: '端末を止める', en: 'Kill the terminal' },
    says: {
      ja: '端末のプロセスを前ぶれなく止めます。動かし直されます。',
      en: 'the terminal is killed without a word, and started again',
    },
    place: 'terminal',
    apply: (at) => at.terminal.kill(),
  },
  ...KIOSK_FAULTS,
  ...TELEVISION_FAULTS,
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** Earlier names of mending, which scripts may still use. */
const MENDING: Readonly<Record<string, FaultName>> = {
  'printer-ok': 'paper-out',
  'network-up': 'network-down',
};
/** And of breaking. */
const BEFORE: Readonly<Record<string, FaultName>> = { 'gate-killed': 'terminal-killed' };

export function describeFaults(): string {
  return FAULT_NAMES.map((name) => `  ${name.padEnd(17)} ${FAULTS[name].says.en}`).join('\n');
}

/** What is broken at one terminal. */
export class Faults {
  readonly #at: Breakable;
  readonly #onChange: () => void;
  readonly #on = new Set<FaultName>();

  constructor(at: Breakable, onChange: () => void) {
    this.#at = at;
    this.#onChange = onChange;
  }

  isOn(name: FaultName): boolean {
    return this.#on.has(name);
  }

  /** Hands back what it did, in words. Throws on a name that is none, and on what cannot be had here. */
  async apply(name: string): Promise<string> {
    const mending = MENDING[name];
    if (mending !== undefined) return this.#mendPlace(FAULTS[mending].place);
    const known = nameOf(name);
    const fault: Fault = FAULTS[known];
    if (!this.#fits(known)) throw new Error(`${known} cannot be had at this terminal`);
    const missing = fault.missing?.(this.#at) ?? null;
    if (missing !== null) throw new Error(`${known} cannot be had here: ${missing.en}`);
    if (fault.mend !== undefined) {
      if (this.#on.has(known)) return `already so: ${fault.says.en}`;
      await this.#mendPlace(fault.place);
    }
    const pullsNow = known === 'card-pulled' && this.#at.hands.who !== null;
    await fault.apply(this.#at);
    if (fault.mend !== undefined && !pullsNow) this.#on.add(known);
    this.#onChange();
    return fault.says.en;
  }

  /** Without a name: everything. Resolves with the names of what was mended. */
  async restore(name?: string): Promise<readonly string[]> {
    const names = name === undefined ? [...this.#on] : [nameOf(name)];
    const mended = names.filter((each) => this.#on.has(each));
    for (const each of mended) await this.#mend(each);
    return mended;
  }

  /** The fault struck, and does not strike again. */
  spend(name: FaultName): void {
    this.#on.delete(name);
    this.#onChange();
  }

  shown(): FaultShown[] {
    return FAULT_NAMES.filter((name) => this.#fits(name)).map((name) => {
      const { label, says, mend, missing }: Fault = FAULTS[name];
      return {
        name,
        label,
        says,
        kind: mend === undefined ? 'blow' : 'state',
        on: this.#on.has(name),
        missing: missing?.(this.#at) ?? null,
      };
    });
  }

  #fits(name: FaultName): boolean {
    const { fits }: Fault = FAULTS[name];
    return fits?.(this.#at) ?? true;
  }

  async #mendPlace(place: Fault['place']): Promise<string> {
    const names = [...this.#on].filter((name) => FAULTS[name].place === place);
    for (const name of names) await this.#mend(name);
    return names.length === 0 ? 'nothing was broken' : `mended: ${names.join(', ')}`;
  }

  async #mend(name: FaultName): Promise<void> {
    const fault: Fault = FAULTS[name];
    await fault.mend?.(this.#at);
    this.#on.delete(name);
    this.#onChange();
  }
}

function nameOf(name: string): FaultName {
  const found = FAULT_NAMES.find((known) => known === name) ?? BEFORE[name];
  if (found !== undefined) return found;
  throw new Error(`no fault is called "${name}"; there are:\n${describeFaults()}`);
}
