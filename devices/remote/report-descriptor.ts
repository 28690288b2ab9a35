/**
 * The report descriptor of a HID device (Device Class Definition for HID 1.11, 6.2.2): which bits of which report stand
 * for which usage. Pure. Only what the device says is read; what it can be told is left out.
 */

/** HID_MAX_DESCRIPTOR_SIZE of Linux, which hands out no longer one. */
const DESCRIPTOR_BYTES_MAX = 4_096;
/** HID_MAX_BUFFER_SIZE of Linux. */
const REPORT_BITS_MAX = 16_384 * 8;
const PUSHED_MAX = 8;
const FIELDS_MAX = 256;

/** Extended usages, both ends included. */
interface UsageRange {
  readonly first: number;
  readonly last: number;
}

/** `count` values of `bits` bits each, one after the other. */
export interface ReportField {
  /** From the first bit after the report id. */
  readonly offset: number;
  readonly bits: number;
  readonly count: number;
  /** Each value says which usage is on; otherwise each usage has a value of its own. */
  readonly isArray: boolean;
  readonly least: number;
  readonly most: number;
  readonly usages: readonly UsageRange[];
}

export interface ReportLayout {
  /** In bits, without the report id. */
  readonly length: number;
  readonly fields: readonly ReportField[];
}

export interface ReportLayouts {
  /** Each report begins with its id. */
  readonly isNumbered: boolean;
  /** By report id; 0 where reports have none. */
  readonly reports: ReadonlyMap<number, ReportLayout>;
}

const MAIN = { input: 0x8, collection: 0xa, endCollection: 0xc } as const;
const GLOBAL = {
  page: 0x0,
  least: 0x1,
  most: 0x2,
  size: 0x7,
  id: 0x8,
  count: 0x9,
  push: 0xa,
  pop: 0xb,
} as const;
const LOCAL = { usage: 0x0, first: 0x1, last: 0x2 } as const;
const LONG_ITEM = 0xfe;
/** Bits of the data of an Input item: 6.2.2.5. */
const CONSTANT = 1;
const VARIABLE = 2;

interface Globals {
  page: number;
  least: number;
  most: number;
  /** Read as unsigned, for descriptors that mean it so. */
  mostUnsigned: number;
  size: number;
  count: number;
  id: number;
}

interface Item {
  readonly type: number;
  readonly tag: number;
  readonly bytes: number;
  readonly unsigned: number;
  readonly signed: number;
}

/** Null for what is no report descriptor, or one beyond the limits of a remote control. */
export function readReportDescriptor(descriptor: Uint8Array): ReportLayouts | null {
  const items = itemsOf(descriptor);
  if (items === null) return null;
  const reader = new DescriptorReader();
  return items.every((item) => reader.take(item)) ? reader.layouts() : null;
}

/** The usage that value number `index` of a field with usages of its own stands for; null: none. */
export function usageAt(usages: readonly UsageRange[], index: number): number | null {
  let before = 0;
  for (const { first, last } of usages) {
    const at = index - before;
    if (at <= last - first) return first + at;
    before += last - first + 1;
  }
  return null;
}

function itemsOf(descriptor: Uint8Array): Item[] | null {
  if (descriptor.length === 0 || descriptor.length > DESCRIPTOR_BYTES_MAX) return null;
  const view = new DataView(descriptor.buffer, descriptor.byteOffset, descriptor.byteLength);
  const items: Item[] = [];
  let at = 0;
  while (at < descriptor.length) {
    const prefix = view.getUint8(at);
    if (prefix === LONG_ITEM) {
      if (at + 1 >= descriptor.length) return null;
      at += 3 + view.getUint8(at + 1);
      continue;
    }
    const bytes = [0, 1, 2, 4][prefix & 3] ?? 0;
    if (at + 1 + bytes > descriptor.length) return null;
    const [unsigned, signed] = dataOf(view, at + 1, bytes);
    items.push({ type: (prefix >> 2) & 3, tag: prefix >> 4, bytes, unsigned, signed });
    at += 1 + bytes;
  }
  return items;
}

function dataOf(view: DataView, at: number, bytes: number): readonly [number, number] {
  switch (bytes) {
    case 1:
      return [view.getUint8(at), view.getInt8(at)];
    case 2:
      return [view.getUint16(at, true), view.getInt16(at, true)];
    case 4:
      return [view.getUint32(at, true), view.getInt32(at, true)];
    default:
      return [0, 0];
  }
}

class DescriptorReader {
  readonly #reports = new Map<number, { length: number; fields: ReportField[] }>();
  readonly #pushed: Globals[] = [];
  #globals: Globals = { page: 0, least: 0, most: 0, mostUnsigned: 0, size: 0, count: 0, id: 0 };
  #usages: UsageRange[] = [];
  #first: number | null = null;
  #fields = 0;
  #isNumbered = false;

  /** False: nothing good comes of the rest. */
  take(item: Item): boolean {
    if (item.type === 0) return this.#takeMain(item);
    if (item.type === 1) return this.#takeGlobal(item);
    return item.type === 2 ? this.#takeLocal(item) : true;
  }

  layouts(): ReportLayouts {
    return { isNumbered: this.#isNumbered, reports: this.#reports };
  }

  #takeMain({ tag, unsigned }: Item): boolean {
    const isRight = tag !== MAIN.input || this.#addField(unsigned);
    // What was said of usages was said of this item alone.
    this.#usages = [];
    this.#first = null;
    return isRight;
  }

  #addField(flags: number): boolean {
    const { size, count, least, most, mostUnsigned, id } = this.#globals;
    const report = this.#reports.get(id) ?? { length: 0, fields: [] };
    const offset = report.length;
    report.length += size * count;
    this.#fields += 1;
    if (report.length > REPORT_BITS_MAX || this.#fields > FIELDS_MAX) return false;
    this.#reports.set(id, report);
    if ((flags & CONSTANT) !== 0 || size === 0 || size > 32) return true;
    report.fields.push({
      offset,
      bits: size,
      count,
      isArray: (flags & VARIABLE) === 0,
      least,
      most: most < least ? mostUnsigned : most,
      usages: this.#usages,
    });
    return true;
  }

  #takeGlobal({ tag, unsigned, signed }: Item): boolean {
    const globals = this.#globals;
    switch (tag) {
      case GLOBAL.page:
        globals.page = unsigned;
        return unsigned <= 0xffff;
      case GLOBAL.least:
        globals.least = signed;
        return true;
      case GLOBAL.most:
        globals.most = signed;
        globals.mostUnsigned = unsigned;
        return true;
      case GLOBAL.size:
        globals.size = unsigned;
        return true;
      case GLOBAL.count:
        globals.count = unsigned;
        return true;
      case GLOBAL.id:
        globals.id = unsigned;
        this.#isNumbered = true;
        return unsigned > 0 && unsigned <= 0xff;
      case GLOBAL.push:
        this.#pushed.push({ ...globals });
        return this.#pushed.length <= PUSHED_MAX;
      case GLOBAL.pop: {
        const popped = this.#pushed.pop();
        if (popped !== undefined) this.#globals = popped;
        return popped !== undefined;
      }
      default:
        return true;
    }
  }

  #takeLocal({ tag, bytes, unsigned }: Item): boolean {
    // Four bytes carry the page, too.
    const usage = bytes === 4 ? unsigned : this.#globals.page * 0x1_0000 + unsigned;
    switch (tag) {
      case LOCAL.usage:
        this.#usages.push({ first: usage, last: usage });
        return this.#usages.length <= FIELDS_MAX;
      case LOCAL.first:
        this.#first = usage;
        return true;
      case LOCAL.last: {
        const first = this.#first;
        this.#first = null;
        if (first === null || usage < first) return false;
        this.#usages.push({ first, last: usage });
        return this.#usages.length <= FIELDS_MAX;
      }
      default:
        return true;
    }
  }
}
