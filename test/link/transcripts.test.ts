/**
 * A terminal of this version against platforms of earlier ones. Each file of transcripts/ was recorded when its version was
 * the newest, and stays as it is: a terminal that no longer gets on with it would be cut off from the platforms out there.
 */

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SUBPROTOCOL_NOW } from '../../src/link/protocol.ts';
import { TestPlatform, tickets } from '../platform/test-platform.ts';
import { LIST, TestTerminal, tempFolder } from './fixtures.ts';
import { type Conversation, record, replay } from './transcript.ts';
import { readTranscript, transcriptText } from './transcript-file.ts';

const FOLDER = join(import.meta.dirname, 'transcripts');
const PUBLISHED = 'version 2 of the list is published';
const QUESTION = {
  id: '00000000-0000-4000-8000-00000000000a',
  service: 'no-such-service',
  body: '{}',
  card: null,
};

/** What every version can do: facts up, a list down, its next version, a question. `publish`: at the platform. */
async function converse(
  terminal: TestTerminal,
  { url, cue }: Conversation,
  publish: () => Promise<unknown> = async () => {},
): Promise<void> {
  terminal.record(2);
  const link = await terminal.connect(url);
  await terminal.until('facts.acknowledged', { upto: 2, waiting: 0 });
  await terminal.until('list.activated', { version: 1 });
  terminal.record(1);
  await terminal.until('facts.acknowledged', { upto: 3, waiting: 0 });
  cue(PUBLISHED);
  await publish();
  await terminal.until('list.activated', { version: 2 });
  const asked = await terminal.questions.ask(QUESTION, AbortSignal.timeout(60_000));
  expect(asked).toEqual({ asked: 'refused', fault: 'unknown-service' });
  expect(terminal.shelf.active(LIST)?.manifest).toMatchObject({ version: 2, rows: 4 });
  expect(terminal.of('link.refused')).toEqual([]);
  expect(terminal.of('lost')).toEqual([]);
  await link.close();
  terminal.end();
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
    await converse(terminalAt(transcript.recordedAt), platform);
    expect(platform.faults).toEqual([]);
    expect(platform.heard).toEqual(SAID);
  },
);

test('what is said now can be recorded, and played again as it was', async () => {
  const platform = await TestPlatform.start();
  onTestFinished(() => platform.stop());
  await platform.publish(tickets(3));
  const recorded = await record(platform.url);
  await converse(new TestTerminal(), recorded, () => platform.publish(tickets(4)));
  const transcript = recorded.taken();
  expect(transcript.subprotocol).toBe(SUBPROTOCOL_NOW);
  const { KAZASU_TRANSCRIPT } = process.env;
  if (KAZASU_TRANSCRIPT) writeFileSync(KAZASU_TRANSCRIPT, transcriptText(transcript));

  const played = await replay(JSON.parse(JSON.stringify(transcript)));
  await converse(terminalAt(transcript.recordedAt), played);
  expect([played.faults, played.heard]).toEqual([[], SAID]);
});

test('a platform that is played takes nothing that its version would not have taken', async () => {
  const transcript = readTranscript('kazasu-v1');
  const platform = await replay({ ...transcript, terminalFrame: { type: 'object', not: {} } });
  await converse(terminalAt(transcript.recordedAt), platform);
  expect(platform.faults.length).toBeGreaterThanOrEqual(SAID.length);
});
