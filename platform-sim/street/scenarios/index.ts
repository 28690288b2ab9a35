/** Every scenario, in the order in which the page lists them. */

import type { Scenario } from '../stage.ts';
import { ALERT_STORM } from './alert-storm.ts';
import { ANSWERED_TWICE } from './answered-twice.ts';
import { BAD_SCAN } from './bad-scan.ts';
import { BROWSER_DIES } from './browser-dies.ts';
import { CARD_CHANGED_WHILE_PRINTING } from './card-changed-while-printing.ts';
import { CARD_PULLED } from './card-pulled.ts';
import { CENTRE_SENDS_ANOTHER } from './centre-sends-another.ts';
import { CLOCK_1970 } from './clock-1970.ts';
import { CLOCK_A_DAY_WRONG } from './clock-a-day-wrong.ts';
import { CLONED_CARD } from './cloned-card.ts';
import { CRASH_BEFORE_LOG } from './crash-before-log.ts';
import { DISK_FILLED } from './disk-filled.ts';
import { EVACUATION_DAY } from './evacuation.ts';
import { FAMILY_APART } from './family-apart.ts';
import { FOREIGN_CARD } from './foreign-card.ts';
import { HALF_OPEN } from './half-open.ts';
import { INTERPOSED_PIN } from './interposed-pin.ts';
import { KAWASAKI } from './kawasaki.ts';
import { KIOSK_POWER_CUT } from './kiosk-power-cut.ts';
import { MUNAKATA } from './munakata.ts';
import { NETWORK_CUT_AFTER_CHARGE } from './network-cut-after-charge.ts';
import { NOTO } from './noto.ts';
import { OFFLINE_QUEUE } from './offline-queue.ts';
import { OFFLINE_START } from './offline-start.ts';
import { OUT_OF_PAPER } from './out-of-paper.ts';
import { PAPER_OUT_AT_SHEET_2 } from './paper-out-at-sheet-2.ts';
import { POWER_CUT } from './power-cut.ts';
import { PREVIOUS_VISITOR } from './previous-visitor.ts';
import { PRINTED_LATER } from './printed-later.ts';
import { READER_REPLUG } from './reader-replug.ts';
import { RELAYED_CARD } from './relayed-card.ts';
import { REPLAYED_SIGNATURE } from './replayed-signature.ts';
import { SAME_SECOND } from './same-second.ts';
import { SKEWED_CLOCK } from './skewed-clock.ts';
import { STOLEN_TERMINAL } from './stolen-terminal.ts';
import { SWAPPED_ANSWER } from './swapped-answer.ts';
import { TAKAMATSU } from './takamatsu.ts';
import { TOWN_HALL_DOWN } from './town-hall-down.ts';
import { WALK } from './walk.ts';
import { WRONG_TOWN_ALERT } from './wrong-town-alert.ts';
import { YOKOHAMA } from './yokohama.ts';

export const SCENARIOS: readonly Scenario[] = [
  WALK,
  PREVIOUS_VISITOR,
  SWAPPED_ANSWER,
  SAME_SECOND,
  OUT_OF_PAPER,
  PRINTED_LATER,
  CRASH_BEFORE_LOG,
  POWER_CUT,
  CARD_PULLED,
  BAD_SCAN,
  FOREIGN_CARD,
  CLONED_CARD,
  REPLAYED_SIGNATURE,
  RELAYED_CARD,
  INTERPOSED_PIN,
  READER_REPLUG,
  OFFLINE_START,
  OFFLINE_QUEUE,
  HALF_OPEN,
  CLOCK_1970,
  SKEWED_CLOCK,
  DISK_FILLED,
  BROWSER_DIES,
  STOLEN_TERMINAL,
  YOKOHAMA,
  KAWASAKI,
  MUNAKATA,
  TAKAMATSU,
  ...CENTRE_SENDS_ANOTHER,
  PAPER_OUT_AT_SHEET_2,
  ANSWERED_TWICE,
  KIOSK_POWER_CUT,
  CARD_CHANGED_WHILE_PRINTING,
  NETWORK_CUT_AFTER_CHARGE,
  CLOCK_A_DAY_WRONG,
  EVACUATION_DAY,
  TOWN_HALL_DOWN,
  WRONG_TOWN_ALERT,
  FAMILY_APART,
  NOTO,
  ALERT_STORM,
];
