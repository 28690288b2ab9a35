import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clipsIn } from '../../devices/voice/clips.ts';
import type { Language, Speech } from '../../src/domain/screen.ts';
import { wavOf } from './voice-wav.ts';

async function clipFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-clips-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'ja'));
  return folder;
}

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: { reason: string }) => error.reason);
}

test.each([
  ['wav', wavOf(10), 'audio/wav'],
  ['ogg', Buffer.from('OggS and so on'), 'audio/ogg'],
  ['opus', Buffer.from('OggS and so on'), 'audio/ogg; codecs=opus'],
  ['mp3', Buffer.from('ID3 and so on'), 'audio/mpeg'],
  ['mp3', Buffer.from([0xff, 0xfb, 0x90, 0x00, 0, 0, 0, 0, 0, 0, 0, 0]), 'audio/mpeg'],
])('a clip recorded as %s is found with its media type', async (ending, bytes, type) => {
  const folder = await clipFolder();
  await writeFile(join(folder, 'ja', `hold.${ending}`), bytes);
  expect(await clipsIn(folder).find('ja', 'hold')).toEqual({ type, bytes });
  expect(await clipsIn(folder).find('en', 'hold')).toBeNull();
  expect(await clipsIn(folder).find('ja', 'again')).toBeNull();
});

test('a folder that is not there holds no clips', async () => {
  const clips = clipsIn(join(await clipFolder(), 'nowhere'));
  expect(await clips.find('ja', 'hold')).toBeNull();
});

test.each([
  ['../../etc', 'passwd'],
  ['ja', '../../secret'],
  ['ja', 'hold.wav/..'],
  ['ja', '/etc/passwd'],
  ['ja', 'hold\0'],
  ['', ''],
])('an id that is a path (%j, %j) finds nothing', async (language, speech) => {
  const folder = await clipFolder();
  await writeFile(join(folder, 'secret.wav'), wavOf(10));
  expect(await clipsIn(join(folder, 'ja')).find(language as Language, speech as Speech)).toBeNull();
});

test('a link inside of the folder is followed, one out of it is not', async () => {
  const folder = await clipFolder();
  const outside = await clipFolder();
  await writeFile(join(folder, 'ja/again.wav'), wavOf(10));
  await writeFile(join(outside, 'ja/secret.wav'), wavOf(10));
  await symlink('again.wav', join(folder, 'ja/hold.wav'));
  await symlink(join(outside, 'ja/secret.wav'), join(folder, 'ja/closed.wav'));
  await symlink(outside, join(folder, 'en'));
  await writeFile(join(outside, 'hold.wav'), wavOf(10));
  expect(await clipsIn(folder).find('ja', 'hold')).not.toBeNull();
  expect(await reasonOf(clipsIn(folder).find('ja', 'closed'))).toBe('clip-unusable');
  expect(await reasonOf(clipsIn(folder).find('en', 'hold'))).toBe('clip-unusable');
});

test('what is no clip is unusable: empty, another format, a folder, a pipe, a link to itself, too large', async () => {
  const folder = await clipFolder();
  const at = (speech: string) => join(folder, 'ja', `${speech}.wav`);
  await writeFile(at('hold'), '');
  await writeFile(at('again'), 'OggS, but called wav');
  await mkdir(at('welcome'));
  expect(spawnSync('mkfifo', [at('closed')]).status).toBe(0);
  await symlink('take-card.wav', at('take-card'));
  await writeFile(at('waiting'), wavOf(10));
  await truncate(at('waiting'), 4_194_305);
  const speeches: readonly Speech[] = [
    'hold',
    'again',
    'welcome',
    'closed',
    'take-card',
    'waiting',
  ];
  for (const speech of speeches) {
    expect([speech, await reasonOf(clipsIn(folder).find('ja', speech))]).toEqual([
      speech,
      'clip-unusable',
    ]);
  }
});
