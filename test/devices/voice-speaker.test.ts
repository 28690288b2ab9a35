/** Speech as sound: recorded before synthesized, kept, one at a time; a failure is silence and one note. */

import { expect, test, vi } from 'vitest';
import { type Clip, type Clips, type Voice, VoiceError } from '../../devices/voice/voice.ts';
import { REASONS, type Reason } from '../../src/domain/reason.ts';
import type { Language } from '../../src/domain/screen.ts';
import {
  type MissingSpeech,
  openSpeech,
  type SpeechOptions,
} from '../../src/screen/speech-source.ts';

const NAMES = { information: null, otherGate: null };

class PlayedVoice implements Voice {
  readonly said: string[] = [];
  most = 0;
  failure: Error | null = null;
  #now = 0;

  async synthesize(text: string, language: Language): Promise<Buffer> {
    this.said.push(`${language}: ${text}`);
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    await new Promise((resolve) => setImmediate(resolve));
    this.#now -= 1;
    if (this.failure !== null) throw this.failure;
    return Buffer.from(text);
  }

  async close(): Promise<void> {
    this.said.push('closed');
  }
}

function speakerWith(options: Partial<SpeechOptions>) {
  const notes: MissingSpeech[] = [];
  const onMissing = (missing: MissingSpeech) => void notes.push(missing);
  const speaker = openSpeech({ voice: null, clips: null, names: NAMES, onMissing, ...options });
  return { speaker, notes };
}

function clipsThat(find: Clips['find']): Clips {
  return { find };
}

const RECORDED: Clip = { type: 'audio/ogg', bytes: Buffer.from('OggS') };

test('a message is synthesized once, however often and however simultaneously it is asked for', async () => {
  const voice = new PlayedVoice();
  const { speaker } = speakerWith({ voice });
  const heard = await Promise.all([1, 2, 3].map(() => speaker.audio('ja', 'hold')));
  heard.push(await speaker.audio('ja', 'hold'));
  for (const clip of heard) expect(clip?.type).toBe('audio/wav');
  expect(voice.said).toEqual(['ja: そのまま おまちください。']);
});

test('one is synthesized at a time', async () => {
  const voice = new PlayedVoice();
  const { speaker } = speakerWith({ voice });
  const reasons = Object.keys(REASONS) as Reason[];
  await Promise.all(reasons.map((reason) => speaker.audio('en', reason)));
  expect(voice.said).toHaveLength(reasons.length);
  expect(voice.most).toBe(1);
});

test('no more than a language’s worth of sound is kept, the latest used', async () => {
  const voice = new PlayedVoice();
  const { speaker } = speakerWith({ voice });
  await speaker.audio('ja', 'hold');
  await speaker.audio('ja', 'again');
  for (const language of ['ja', 'en'] as const) {
    for (const reason of Object.keys(REASONS) as Reason[]) {
      await speaker.audio(language, reason);
      await speaker.audio('ja', 'hold');
    }
  }
  const before = voice.said.length;
  await speaker.audio('ja', 'hold');
  expect(voice.said).toHaveLength(before);
  await speaker.audio('ja', 'again');
  expect(voice.said).toHaveLength(before + 1);
});

test('a recording takes the place of the synthesized message, also when nothing is synthesized', async () => {
  const voice = new PlayedVoice();
  const clips = clipsThat(async (language) => (language === 'ja' ? RECORDED : null));
  const { speaker, notes } = speakerWith({ voice, clips });
  expect(await speaker.audio('ja', 'hold')).toBe(RECORDED);
  expect((await speaker.audio('en', 'hold'))?.type).toBe('audio/wav');
  expect(voice.said).toEqual(['en: Keep holding.']);

  const silent = speakerWith({ clips });
  expect(await silent.speaker.audio('ja', 'hold')).toBe(RECORDED);
  expect(await silent.speaker.audio('en', 'hold')).toBeNull();
  expect([...notes, ...silent.notes]).toEqual([]);
});

test('a recording that is unusable is noted, and the message synthesized', async () => {
  const clips = clipsThat(() => Promise.reject(new VoiceError('clip-unusable')));
  const { speaker, notes } = speakerWith({ voice: new PlayedVoice(), clips });
  expect((await speaker.audio('ja', 'hold'))?.type).toBe('audio/wav');
  expect(notes).toEqual([{ language: 'ja', speech: 'hold', reason: 'clip-unusable' }]);
});

test('a voice that fails is silence and one note; it is left alone, tried again, and noted anew after it spoke', async () => {
  const now = vi.spyOn(performance, 'now');
  let time = 0;
  now.mockImplementation(() => time);
  try {
    const voice = new PlayedVoice();
    voice.failure = new VoiceError('program-missing');
    const { speaker, notes } = speakerWith({ voice, restMs: 1_000 });
    expect(await speaker.audio('ja', 'hold')).toBeNull();
    expect(await speaker.audio('ja', 'again')).toBeNull();
    expect(voice.said).toHaveLength(1);
    time = 1_000;
    expect(await speaker.audio('ja', 'hold')).toBeNull();
    expect(voice.said).toHaveLength(2);
    expect(notes).toEqual([{ language: 'ja', speech: 'hold', reason: 'program-missing' }]);

    time = 2_000;
    voice.failure = null;
    expect(await speaker.audio('ja', 'hold')).not.toBeNull();
    voice.failure = new VoiceError('timed-out');
    expect(await speaker.audio('ja', 'closed')).toBeNull();
    expect(notes.map(({ reason }) => reason)).toEqual(['program-missing', 'timed-out']);
  } finally {
    now.mockRestore();
  }
});

test('closing closes the voice, and is no failure', async () => {
  const voice = new PlayedVoice();
  const { speaker, notes } = speakerWith({ voice });
  await speaker.close();
  voice.failure = new VoiceError('closed');
  expect(await speaker.audio('ja', 'hold')).toBeNull();
  expect(voice.said[0]).toBe('closed');
  expect(notes).toEqual([]);
  await speakerWith({}).speaker.close();
});

test('what is said to somebody by name is made anew each time, and the general words stand in for it', async () => {
  const voice = new PlayedVoice();
  let words: string | null = 'もりかわさん、にげてください。';
  const personal = (speech: string) => (speech === 'tv-call' ? words : null);
  const { speaker } = speakerWith({ voice, personal });
  await speaker.audio('ja', 'tv-call');
  await speaker.audio('ja', 'tv-call');
  await speaker.audio('ja', 'hold');
  words = null;
  await speaker.audio('ja', 'tv-call');
  expect(voice.said.map((said) => said.slice(4))).toEqual([
    'もりかわさん、にげてください。',
    'もりかわさん、にげてください。',
    'そのまま おまちください。',
    'ひなんの おしらせです。がめんを みて、にげてください。',
  ]);
});
