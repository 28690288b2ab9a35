/**
 * From the reports of one interface of a remote control to its buttons. Pure: a report says which usages are on, and
 * what matters is how it differs from the one before with the same id.
 */

import { type RemoteButton, USAGE_PAGES } from '../../src/domain/remote.ts';
import type { KeyMap } from './key-map.ts';
import type { DropReason } from './remote.ts';
import {
  type ReportField,
  type ReportLayout,
  type ReportLayouts,
  usageAt,
} from './report-descriptor.ts';

/** Generic Device Controls page, Battery Strength (HID Usage Tables 9). */
const BATTERY = 0x0006_0020;
/** Keyboard page: ErrorRollOver, POSTFail, ErrorUndefined. Keys are pressed, and which is not known. */
const KEYBOARD_ERRORS = { first: 0x0007_0001, last: 0x0007_0003 } as const;

/** What one report brings. */
export interface Frame {
  /** Whose first usage is on now, in the order of the report. */
  readonly pressed: readonly RemoteButton[];
  /** Whose last usage is off now. */
  readonly released: readonly RemoteButton[];
  /** Percent; null: nothing is said of it. */
  readonly battery: number | null;
  readonly dropped: readonly DropReason[];
}

interface Content {
  /** Usages that are on, of keyboards and consumer controls. */
  readonly on: readonly number[];
  readonly battery: number | null;
}

export class KeyFrames {
  readonly #layouts: ReportLayouts;
  readonly #map: KeyMap;
  /** Usages that are on, by report id. */
  readonly #on = new Map<number, ReadonlySet<number>>();

  constructor(layouts: ReportLayouts, map: KeyMap) {
    this.#layouts = layouts;
    this.#map = map;
  }

  /** Whether this interface could ever say anything of use. Others (the vendor's own) are left alone. */
  static areOfUse({ reports }: ReportLayouts): boolean {
    const pages: ReadonlySet<number> = new Set(Object.values(USAGE_PAGES));
    return [...reports.values()].some(({ fields }) =>
      fields.some(({ usages }) =>
        usages.some(({ first, last }) => pages.has(pageOf(first)) || holds(first, last, BATTERY)),
      ),
    );
  }

  read(report: Uint8Array): Frame {
    const { isNumbered, reports } = this.#layouts;
    const id = isNumbered ? (report[0] ?? 0) : 0;
    const layout = reports.get(id);
    if (layout === undefined) return dropping('unknown-report');
    const data = isNumbered ? report.subarray(1) : report;
    if (data.length !== Math.ceil(layout.length / 8)) return dropping('wrong-length');
    const content = contentOf(layout, data);
    if (content.on.some((usage) => isBetween(usage, KEYBOARD_ERRORS))) return dropping('rollover');
    return this.#differ(id, content);
  }

  #differ(id: number, { on, battery }: Content): Frame {
    const before = this.#on.get(id) ?? new Set();
    const down = this.#buttonsDown();
    this.#on.set(id, new Set(on));
    const downNow = this.#buttonsDown();
    const news = on.filter((usage) => !before.has(usage));
    return {
      pressed: [...downNow].filter((button) => !down.has(button)),
      released: [...down].filter((button) => !downNow.has(button)),
      battery,
      dropped: news.flatMap((usage) => (this.#map.has(usage) ? [] : ['unknown-usage' as const])),
    };
  }

  /** Some remote controls say the same button in two reports: it is down while either has it. */
  #buttonsDown(): ReadonlySet<RemoteButton> {
    const usages = [...this.#on.values()].flatMap((on) => [...on]);
    return new Set(usages.flatMap((usage) => this.#map.get(usage) ?? []));
  }
}

function dropping(reason: DropReason): Frame {
  return { pressed: [], released: [], battery: null, dropped: [reason] };
}

function contentOf({ fields }: ReportLayout, data: Uint8Array): Content {
  const on: number[] = [];
  let battery: number | null = null;
  for (const field of fields) {
    for (let index = 0; index < field.count; index += 1) {
      const value = valueAt(data, field.offset + index * field.bits, field.bits);
      const usage = usageOn(field, index, value);
      if (usage !== null) on.push(usage);
      if (!field.isArray && usageAt(field.usages, index) === BATTERY) {
        battery = percent(field, value);
      }
    }
  }
  return { on, battery };
}

/** The usage of a key that this value says is pressed; null for everything else. */
function usageOn(field: ReportField, index: number, value: number): number | null {
  if (!field.isArray && (field.bits !== 1 || value === 0)) return null;
  // Below the least value, an array says that nothing is pressed.
  if (field.isArray && (value < field.least || value > field.most)) return null;
  const usage = usageAt(field.usages, field.isArray ? value - field.least : index);
  if (usage === null || (usage & 0xffff) === 0) return null;
  const pages: readonly number[] = Object.values(USAGE_PAGES);
  return pages.includes(pageOf(usage)) ? usage : null;
}

function percent({ least, most }: ReportField, value: number): number | null {
  if (most <= least || value < least || value > most) return null;
  return Math.round(((value - least) / (most - least)) * 100);
}

/** Little-endian, from any bit on; beyond the last byte there are zeros. */
function valueAt(data: Uint8Array, offset: number, bits: number): number {
  let value = 0;
  for (let bit = bits - 1; bit >= 0; bit -= 1) {
    const at = offset + bit;
    value = value * 2 + (((data[at >> 3] ?? 0) >> (at & 7)) & 1);
  }
  return value;
}

function pageOf(usage: number): number {
  return Math.floor(usage / 0x1_0000);
}

function holds(first: number, last: number, usage: number): boolean {
  return usage >= first && usage <= last;
}

function isBetween(usage: number, { first, last }: { first: number; last: number }): boolean {
  return holds(first, last, usage);
}
