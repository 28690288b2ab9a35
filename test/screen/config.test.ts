/** The table `[screen]` of the configuration. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Config, readConfig } from '../../src/config.ts';

async function configured(screen: string): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'gate.toml');
  const text = `profile = "gate"
name = "gate-1"
state = "state"
[platform]
url = "ws://127.0.0.1:8410/terminals"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "concert"
${screen}`;
  await writeFile(file, text);
  return readConfig(file);
}

test('without the table there is no screen', async () => {
  expect((await configured('')).screen).toBeUndefined();
});

test('an empty table is a screen like most', async () => {
  expect((await configured('[screen]')).screen).toEqual({
    port: 8_401,
    reader: 'down',
    sound: 'normal',
    voice: 'espeak-ng',
  });
});

test('everything can be said', async () => {
  const { screen } = await configured(`[screen]
port = 9000
reader = "left"
embed = "http://127.0.0.1:8400"
sound = "loud"
voice = "none"
clips = "/etc/kazasu/clips"
information = { ja = "右手の「総合案内」", ja-simple = "右《みぎ》の「案内《あんない》」", en = "Information", kana = "みぎて の そうごうあんない" }
other-gate = { ja = "左手の「西ゲート」" }
`);
  expect(screen).toMatchObject({
    embed: 'http://127.0.0.1:8400',
    information: { 'ja-simple': '右《みぎ》の「案内《あんない》」' },
    'other-gate': { ja: '左手の「西ゲート」' },
  });
});

test.each([
  ['prot = 1', 'did you mean "port"?'],
  ['port = 70000', '"port"'],
  ['reader = "top"', 'expected "down" or "right" or "left" or "up"'],
  ['embed = "https://evil.example"', 'an origin like'],
  ['embed = "http://127.0.0.1:8400/street"', 'an origin like'],
  ['embed = "http://127.0.0.1:1; script-src *"', 'an origin like'],
  ['sound = "silent"', '"sound"'],
  ['voice = "siri"', 'expected "espeak-ng" or "none"'],
  ['information = { en = "Information" }', '[screen.information] "ja": is missing'],
  ['information = { ja = "  " }', 'words of 1 to 60 printable characters'],
  ['information = { ja = "案内", zh = "x" }', 'unknown key'],
])('%s is told with what would be right', async (line, told) => {
  await expect(configured(`[screen]\n${line}\n`)).rejects.toThrow(told);
});
