/** The voice when espeak-ng is missing, hangs, fails or never stops: played by shell scripts in its place. */

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEspeakVoice } from '../../devices/voice/espeak-voice.ts';
import { wavOf } from './voice-wav.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kazasu-voice-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

async function programThat(does: string): Promise<{ program: string; directory: string }> {
  const directory = await folder();
  const program = join(directory, 'espeak-ng');
  await writeFile(program, `#!/bin/sh\n${does}\n`);
  await chmod(program, 0o755);
  return { program, directory };
}

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'spoke',
    (error: { name: string; reason: string }) => `${error.name} ${error.reason}`,
  );
}

test('a program that is not installed is said to be missing', async () => {
  const voice = openEspeakVoice({ program: join(await folder(), 'espeak-ng') });
  expect(await reasonOf(voice.synthesize('あ', 'ja'))).toBe('VoiceError program-missing');
});

test.each([
  ['it ends with a status', 'cat > /dev/null; exit 1'],
  ['it ends without reading', 'exit 1'],
  ['it makes nothing', 'cat > /dev/null'],
  [
    'it makes no sound file',
    'cat > /dev/null; echo RIFF of another kind, and long enough to be a header',
  ],
  ['it dies', 'kill -SEGV $$'],
])('%s: failed', async (_, does) => {
  const { program } = await programThat(does);
  const voice = openEspeakVoice({ program });
  expect(await reasonOf(voice.synthesize('あ'.repeat(500), 'ja'))).toBe('VoiceError failed');
});

test('a program that may not be run: failed', async () => {
  const { program } = await programThat('');
  await chmod(program, 0o644);
  expect(await reasonOf(openEspeakVoice({ program }).synthesize('あ', 'ja'))).toBe(
    'VoiceError failed',
  );
});

test('a program that hangs is ended when its time is over', async () => {
  const { program } = await programThat('exec sleep 1000');
  const voice = openEspeakVoice({ program, limits: { timeMs: 100 } });
  expect(await reasonOf(voice.synthesize('あ', 'ja'))).toBe('VoiceError timed-out');
});

test('a program that makes sound without end is ended', async () => {
  const { program } = await programThat('exec cat /dev/zero');
  const voice = openEspeakVoice({ program });
  expect(await reasonOf(voice.synthesize('あ', 'ja'))).toBe('VoiceError too-much-sound');
});

test('a text that no message can have is not given to it', async () => {
  const voice = openEspeakVoice({ program: '/bin/false' });
  expect(await reasonOf(voice.synthesize('あ'.repeat(601), 'ja'))).toBe('VoiceError text-too-long');
});

test('the text goes in on stdin, whatever it looks like, and never as an argument', async () => {
  const { program, directory } = await programThat(
    `cd "$(dirname "$0")" && printf '%s\\n' "$@" > arguments && cat > text && cat sound`,
  );
  await writeFile(join(directory, 'sound'), wavOf(10));
  const text = '--path=/etc $(id) `id` "; ls';
  await openEspeakVoice({ program }).synthesize(text, 'en');
  expect(await readFile(join(directory, 'text'), 'utf8')).toBe(text);
  expect(await readFile(join(directory, 'arguments'), 'utf8')).not.toContain('etc');
});

test('sizes that a pipe could not know are put right', async () => {
  const { program, directory } = await programThat(`cat > /dev/null; cat "$(dirname "$0")/sound"`);
  const sound = wavOf(1_000);
  const unknown = Buffer.from(sound);
  unknown.writeUInt32LE(0x7fff_f024, 4);
  unknown.writeUInt32LE(0x7fff_f000, 40);
  await writeFile(join(directory, 'sound'), unknown);
  const heard = await openEspeakVoice({ program }).synthesize('あ', 'ja');
  expect(heard.equals(sound)).toBe(true);
});

test('closing ends what is being made, and nothing is made afterwards', async () => {
  const { program } = await programThat('exec sleep 1000');
  const voice = openEspeakVoice({ program });
  const made = [voice.synthesize('あ', 'ja'), voice.synthesize('い', 'ja')].map(reasonOf);
  await voice.close();
  expect(await Promise.all(made)).toEqual(['VoiceError closed', 'VoiceError closed']);
  expect(await reasonOf(voice.synthesize('う', 'ja'))).toBe('VoiceError closed');
  await voice.close();
});
