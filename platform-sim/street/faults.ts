/** Breaking things on the street: each fault by name, and what it does. */

import type { Street } from './world.ts';

interface Fault {
  readonly says: string;
  readonly apply: (street: Street) => void | Promise<void>;
}

const FAULTS = {
  'paper-out': {
    says: 'the receipt printer is out of paper',
    apply: (street) => street.receipts.fault('paper-out'),
  },
  'cover-open': {
    says: "the receipt printer's cover is open",
    apply: (street) => street.receipts.fault('cover-open'),
  },
  'printer-off': {
    says: 'the receipt printer has no power and answers nothing',
    apply: (street) => street.receipts.fault('power-off'),
  },
  'printer-ok': {
    says: 'the receipt printer is well again',
    apply: (street) => street.receipts.fault('none'),
  },
  'network-down': {
    says: 'the cable between gate and platform is pulled',
    apply: (street) => street.cable.cut(),
  },
  'network-up': {
    says: 'the cable is back',
    apply: (street) => street.cable.restore(),
  },
  'gate-killed': {
    says: 'the gate is killed without a word, and started again',
    apply: (street) => street.killGate(),
  },
  'pcscd-killed': {
    says: 'the PC/SC service is killed, and started again after a second',
    apply: (street) => street.restartPcscd(),
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export function describeFaults(): string {
  return FAULT_NAMES.map((name) => `  ${name.padEnd(14)} ${FAULTS[name].says}`).join('\n');
}

/** Applies the fault and hands back what it did, in words. Throws on a name that is none. */
export async function applyFault(street: Street, name: string): Promise<string> {
  const fault = FAULT_NAMES.find((known) => known === name);
  if (fault === undefined) {
    throw new Error(`no fault is called "${name}"; there are:\n${describeFaults()}`);
  }
  await FAULTS[fault].apply(street);
  return FAULTS[fault].says;
}
