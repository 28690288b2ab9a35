/** What scenarios of the kiosk have in common: somebody's visit, what came out for them, and staff who looks at a stop. */

import type { Screen } from '../../src/domain/screen.ts';
import { KioskVisitor, type Wish } from './kiosk-visitor.ts';
import { KIOSK } from './places.ts';
import type { Paper } from './receipt-stack.ts';
import type { Stage } from './stage.ts';

/** 住民票の写し, which everybody gets where they live. */
export const RESIDENT_RECORD = {
  errand: 'resident-certificate',
  document: 'resident-record',
} as const satisfies Wish;

export class KioskStage {
  readonly stage: Stage;

  /** At this kiosk: the street's own unless told. */
  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** The stage at the street's kiosk. */
  static of(stage: Stage): KioskStage {
    return new KioskStage(stage.at(KIOSK.id));
  }

  /** Somebody comes, does what the screen says until `holds` (without it: until they are done), and goes. */
  visit(
    who: string,
    wish: Wish,
    holds?: (screen: Screen) => boolean,
    then: (visitor: KioskVisitor) => Promise<unknown> = async () => {},
  ): Promise<KioskVisitor> {
    const { place, street } = this.stage;
    return place.atScreen(async (browser) => {
      const visitor = new KioskVisitor(place, browser, street.resident(who), wish);
      await visitor.go(holds);
      await then(visitor);
      return visitor;
    });
  }

  /** How many sheets have come out so far. */
  async sheets(): Promise<number> {
    return (await this.stage.place.page?.count()) ?? 0;
  }

  /** The sheets that came out after so many. */
  async sheetsSince(count: number): Promise<readonly Paper[]> {
    return (await this.stage.place.page?.papers(count)) ?? [];
  }

  /** Whether these are whole sheets for this person alone, as many as that. */
  async areOf(who: string, sheets: readonly Paper[], count: number): Promise<boolean> {
    const { street } = this.stage;
    const [, given = ''] = street.resident(who).person.name.split(' ');
    const verdicts = await Promise.all(
      sheets.map(({ pdf }) => street.centre.verify(pdf ?? new Uint8Array())),
    );
    const own = sheets.every(({ text }) => text.includes(given));
    return sheets.length === count && own && verdicts.every(({ genuine }) => genuine);
  }

  /** Yen that the unit has taken for good. */
  async takings(): Promise<number> {
    return (await this.stage.place.payment?.takings()) ?? 0;
  }

  /** The attendant has looked, and lets a stopped kiosk go on. */
  async clear(): Promise<void> {
    const { terminal } = this.stage.place;
    const why = ['--by', 'attendant', '--why', 'the end of a scenario'];
    await terminal.staff('kiosk clear', ...why);
    await terminal.serves();
  }
}
