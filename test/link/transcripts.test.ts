/**
 * A terminal of this version against platforms of earlier ones. Each file of transcripts/ was recorded when its version was
 * the newest, and stays as it is: a terminal that no longer gets on with it would be cut off from the platforms out there.
 */

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { offlineFolder } from '../../platform-sim/stores.ts';
import { AlertState } from '../../src/alerts/alert-state.ts';
import { SUBPROTOCOL_NOW } from '../../src/link/protocol.ts';
import { TestPlatform, tickets } from '../platform/test-platform.ts';
import { LIST, TestTerminal, tempFolder } from './fixtures.ts';
import { type Conversation, record, replay } from './transcript.ts';
import { readTranscript, transcriptText } from './transcript-file.ts';

const FOLDER = join(import.meta.dirname, 'transcripts');
const PUBLISHED = 'version 2 of the list is published';
const RAISED = 'an alert is raised';
const PLACE = { municipality: '990029', district: 'kawara' } as const;
/** Those before it know no alerts. */
const WITHOUT_ALERTS: readonly string[] = ['kazasu.v1', 'kazasu.v1.1'];
const QUESTION = {
  id: '00000000-0000-4000-8000-00000000000a',
  service: 'no-such-service',
  body: '{}',
  card: null,
};

interface AtThePlatform {
  readonly publish: () => Promise<unknown>;
  readonly raise: () => Promise<unknown>;
}
const NOTHING: AtThePlatform = { publish: async () => {}, raise: async () => {} };

/** What every version can do: facts up, a list down, its next version, a question; and what came with later ones. */
async function converse(
  terminal: TestTerminal,
  subprotocol: string,
  { url, cue }: Conversation,
  { publish, raise }: AtThePlatform = NOTHING,
): Promise<void> {
  const alerts = AlertState.at(PLACE, terminal);
  onTestFinished(() => alerts?.stop());
  terminal.alerts = alerts ?? undefined;
  terminal.record(2);
  const link = await terminal.connect(url);
  await terminal.until('facts.acknowledged', { upto: 2, waiting: 0 });
  await terminal.until('list.activated', { version: 1 });
  terminal.record(1);
  await terminal.until('facts.acknowledged', { upto: 3, waiting: 0 });
  cue(PUBLISHED);
  await publish();
  await terminal.until('list.activated', { version: 2 });
  if (!WITHOUT_ALERTS.includes(subprotocol)) {
    cue(RAISED);
    await raise();
    await expect.poll(() => alerts?.now()).toMatchObject([{ level: 4, state: 'active' }]);
  }
  const asked = await terminal.questions.ask(QUESTION, AbortSignal.timeout(60_000));
  expect(asked).toEqual({ asked: 'refused', fault: 'unknown-service' });
  expect(terminal.shelf.active(LIST)?.manifest).toMatchObject({ version: 2, rows: 4 });
  expect(terminal.of('link.refused')).toEqual([]);
  expect(terminal.of('lost')).toEqual([]);
  await link.close();
  terminal.end();
}

async function raiseAlert({ alertDesk }: TestPlatform): Promise<void> {
  const [districts, minutes] = [[PLACE.district], 60];
  const { municipality } = PLACE;
  const order = { do: 'alert', municipality, drill: true, level: 4, districts, minutes } as const;
  const { id, sha256 } = alertDesk.propose(order, 'Tanaka');
  await alertDesk.consent(id, sha256, 'Mori');
}

/** A terminal at the time of the recording. */
function terminalAt(ms: number): TestTerminal {
  const begun = performance.now();
  const since = () => performance.now() - begun;
  return new TestTerminal(tempFolder(), { wall: () => ms + since(), mono: () => 60_000 + since() });
}

const SAID = ['hello', 'facts', 'facts', 'ask'];

test.each(readdirSync(FOLDER).map((file) => file.replace('.jsonl', '')))(
  'the platform of the recording %s is told facts, and its list is taken',
  async (name) => {
    const transcript = readTranscript(name);
    const platform = await replay(transcript);
    await converse(terminalAt(transcript.recordedAt), transcript.subprotocol, platform);
    expect(platform.faults).toEqual([]);
    expect(platform.heard).toEqual(SAID);
  },
);

test('what is said now can be recorded, and played again as it was', async () => {
  const platform = await TestPlatform.start();
  onTestFinished(() => platform.stop());
  await platform.publish(tickets(3));
  const { keys } = platform.stores;
  await nameAlertKey(keys, offlineFolder(platform.directory), PLACE.municipality, Date.now());
  const recorded = await record(platform.url);
  await converse(new TestTerminal(), SUBPROTOCOL_NOW, recorded, {
    publish: () => platform.publish(tickets(4)),
    raise: () => raiseAlert(platform),
  });
  const transcript = recorded.taken();
  expect(transcript.subprotocol).toBe(SUBPROTOCOL_NOW);
  const { KAZASU_TRANSCRIPT } = process.env;
  if (KAZASU_TRANSCRIPT) writeFileSync(KAZASU_TRANSCRIPT, transcriptText(transcript));

  const played = await replay(JSON.parse(JSON.stringify(transcript)));
  await converse(terminalAt(transcript.recordedAt), SUBPROTOCOL_NOW, played);
  expect([played.faults, played.heard]).toEqual([[], SAID]);
});

test('a platform that is played takes nothing that its version would not have taken', async () => {
  const transcript = readTranscript('kazasu-v1');
  const platform = await replay({ ...transcript, terminalFrame: { type: 'object', not: {} } });
  await converse(terminalAt(transcript.recordedAt), transcript.subprotocol, platform);
  expect(platform.faults.length).toBeGreaterThanOrEqual(SAID.length);
});
