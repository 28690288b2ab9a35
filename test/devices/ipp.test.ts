import { describe, expect, test } from 'vitest';
import {
  A4,
  capabilitiesOf,
  jobNameOf,
  OPERATION,
  outcomeOfJob,
  PDF,
  printableName,
  viewOfJob,
  viewOfPrinter,
} from '../../devices/page/ipp.ts';
import type { IppValue } from '../../devices/page/ipp-message.ts';

const UUID = 'urn:uuid:6b617a61-7375-4000-8000-0000000000AB';
const IDLE: Readonly<Record<string, readonly IppValue[]>> = {
  'printer-state': [3],
  'printer-state-reasons': ['none'],
  'printer-is-accepting-jobs': [true],
  'printer-uuid': [UUID],
  'printer-make-and-model': ['Example A4'],
  'queued-job-count': [0],
};
const ABLE = {
  ...IDLE,
  'operations-supported': Object.values(OPERATION),
  'document-format-supported': [PDF, 'image/urf'],
  'media-supported': ['na_letter_8.5x11in', A4],
  'sides-supported': ['one-sided'],
  'color-supported': [true],
};
const attributes = (entries: Readonly<Record<string, readonly IppValue[]>>) =>
  new Map(Object.entries(entries));
const conditionOf = (changes: Readonly<Record<string, readonly IppValue[]>>) =>
  viewOfPrinter(attributes({ ...IDLE, ...changes })).condition;

describe('what a printer tells of itself', () => {
  test.each([
    [[], 'ready'],
    [['none'], 'ready'],
    [['media-low-warning', 'toner-low-report', 'marker-supply-low'], 'ready'],
    [['media-empty-error'], 'paper-out'],
    // An idle ippeveprinter says no more than this of an empty tray.
    [['media-empty-report'], 'paper-out'],
    [['media-needed'], 'paper-out'],
    [['media-jam-warning', 'media-empty-error'], 'jam'],
    [['door-open-error'], 'cover-open'],
    [['marker-waste-full-error'], 'toner-out'],
    [['shutdown'], 'offline'],
    [['paused', 'something-new-error'], 'stopped'],
    [['something-new-error'], 'ready'],
  ] as const)('by the reasons %j is %s', (reasons, condition) => {
    expect(conditionOf({ 'printer-state-reasons': reasons })).toBe(condition);
  });

  test('stopped without a reason, or taking no jobs, is stopped', () => {
    expect(conditionOf({ 'printer-state': [5] })).toBe('stopped');
    expect(conditionOf({ 'printer-is-accepting-jobs': [false] })).toBe('stopped');
  });

  test('working, or with a job that waits, is busy; trouble is said first', () => {
    expect(conditionOf({ 'printer-state': [4] })).toBe('busy');
    expect(conditionOf({ 'queued-job-count': [1] })).toBe('busy');
    const jammed = attributes({
      ...IDLE,
      'printer-state': [4],
      'printer-state-reasons': ['media-jam-error'],
    });
    expect(viewOfPrinter(jammed)).toMatchObject({ condition: 'jam', trouble: 'jam' });
  });

  test('another paper than A4 in the tray is no paper', () => {
    expect(conditionOf({ 'media-ready': ['na_letter_8.5x11in'] })).toBe('paper-out');
    expect(conditionOf({ 'media-ready': ['iso_dl_110x220mm', A4] })).toBe('ready');
    // Out-of-band: it does not know.
    expect(conditionOf({ 'media-ready': [null] })).toBe('ready');
  });

  test('of wrong kinds tells nothing, and is no error', () => {
    const odd = Object.fromEntries(Object.keys(IDLE).map((key) => [key, [[1, 2] as const]]));
    expect(viewOfPrinter(attributes(odd))).toEqual({
      uuid: null,
      name: 'IPP',
      condition: 'ready',
      trouble: null,
    });
  });
});

describe('what a printer can do', () => {
  test('is told, with its UUID as everybody writes it', () => {
    expect(capabilitiesOf(attributes(ABLE))).toEqual({
      formats: [PDF, 'image/urf'],
      media: ['na_letter_8.5x11in', A4],
      sides: ['one-sided'],
      colour: true,
      keepsDocuments: false,
    });
    expect(viewOfPrinter(attributes(ABLE)).uuid).toBe(UUID.toLowerCase());
  });

  test('is to keep documents when it can print an ended job again', () => {
    const operations = [...Object.values(OPERATION), 0x000e];
    const keeping = attributes({ ...ABLE, 'operations-supported': operations });
    expect(capabilitiesOf(keeping).keepsDocuments).toBe(true);
  });

  test.each([
    ['document-format-supported', 'takes no application/pdf'],
    ['media-supported', 'has no A4'],
    ['printer-uuid', 'has no printer-uuid'],
    ['operations-supported', 'has not the operations of an IPP Everywhere printer'],
  ])('is not enough without %s', (name, why) => {
    expect(() => capabilitiesOf(attributes({ ...ABLE, [name]: ['image/pwg-raster'] }))).toThrow(
      why,
    );
    expect(() => capabilitiesOf(attributes({ ...ABLE, [name]: [] }))).toThrow(why);
  });

  test('is named printably, however it calls itself', () => {
    expect(printableName('\u0007Kiosk\n\u202eA4 ')).toBe('Kiosk  A4');
    expect(printableName('\n')).toBe('IPP');
    expect(printableName('x'.repeat(500))).toHaveLength(127);
  });
});

describe('a job', () => {
  const job = (state: number, impressions: number | null) => ({
    id: 1,
    name: 'x',
    state,
    impressions,
  });

  test('is named by issuance and sheet', () => {
    const id = '0123456789abcdef0123456789abcdef';
    expect(jobNameOf({ id, sheet: 2, of: 4 })).toBe(`kazasu-${id}-2of4`);
  });

  test.each([
    [9, 1, true, null, 'printed', undefined],
    [9, 1, false, null, 'unknown', 'unacknowledged'],
    [9, 0, true, null, 'unknown', 'miscounted'],
    [9, 2, true, null, 'unknown', 'miscounted'],
    [9, null, true, null, 'unknown', 'miscounted'],
    // Cancelled, and out before that.
    [9, 1, true, 'cancelled', 'printed', undefined],
    [8, 0, true, null, 'not-printed', 'aborted'],
    [8, 0, true, 'jam', 'not-printed', 'jam'],
    [8, 1, true, 'jam', 'partly', 'jam'],
    [8, null, true, 'jam', 'unknown', 'jam'],
    [7, 0, true, null, 'not-printed', 'cancelled'],
    [7, 1, true, 'paper-out', 'partly', 'paper-out'],
    [5, 0, true, 'paper-out', 'unknown', 'paper-out'],
    [6, 0, true, null, 'unknown', 'late'],
    [4, 0, false, 'cancelled', 'unknown', 'cancelled'],
  ] as const)(
    'in state %s with %s impressions, acknowledged %s, given up for %s, is %s',
    (state, impressions, acknowledged, trouble, outcome, reason) => {
      const expected = reason === undefined ? { outcome } : { outcome, reason };
      expect(outcomeOfJob(job(state, impressions), acknowledged, trouble)).toEqual(expected);
    },
  );

  test('without number, name or state is none', () => {
    const whole = { 'job-id': [1], 'job-name': ['x'], 'job-state': [9] };
    expect(viewOfJob(attributes(whole))).toEqual(job(9, null));
    for (const key of Object.keys(whole)) {
      expect(viewOfJob(attributes({ ...whole, [key]: [null] }))).toBeNull();
    }
  });
});
