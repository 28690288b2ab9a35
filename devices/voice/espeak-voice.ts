/**
 * espeak-ng, a process a message. The text goes in on stdin: as an argument, one that begins with a dash would be an
 * option, and every user of the machine could read it in the list of processes.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Language } from '../../src/domain/screen.ts';
import { type Voice, VoiceError } from './voice.ts';
import { withSizes } from './wav.ts';

export interface EspeakOptions {
  readonly program?: string;
  readonly limits?: Partial<typeof LIMITS>;
}

const LIMITS = {
  textLength: 600,
  /** 44 kB are a second. */
  soundBytes: 4_194_304,
  /** It takes about 30 ms. */
  timeMs: 10_000,
};

/**
 * Slower than its 175 words a minute and a little lower than its middle: ageing ears lose high tones first and need the
 * time. The gap between words, in 10 ms, keeps phrases apart.
 */
const VOICES: Readonly<Record<Language, readonly string[]>> = {
  ja: ['-v', 'ja', '-s', '140', '-p', '40', '-g', '1'],
  'ja-simple': ['-v', 'ja', '-s', '120', '-p', '40', '-g', '3'],
  en: ['-v', 'en', '-s', '140', '-p', '40', '-g', '1'],
};

/** `-b 1`: UTF-8, whatever the locale says. */
const PIPES = ['-b', '1', '--stdin', '--stdout'] as const;

type Program = ChildProcessByStdio<Writable, Readable, null>;

export function openEspeakVoice({ program = 'espeak-ng', limits }: EspeakOptions = {}): Voice {
  const { textLength, soundBytes, timeMs } = { ...LIMITS, ...limits };
  const running = new Map<Program, Promise<Buffer>>();
  let closed = false;
  return {
    synthesize(text, language) {
      if (closed) return Promise.reject(new VoiceError('closed'));
      if (text.length > textLength) return Promise.reject(new VoiceError('text-too-long'));
      const child = spawn(program, [...VOICES[language], ...PIPES], {
        stdio: ['pipe', 'pipe', 'ignore'],
        timeout: timeMs,
        killSignal: 'SIGKILL',
      });
      const sound = soundOf(child, text, soundBytes).catch((error: unknown) => {
        throw closed ? new VoiceError('closed') : error;
      });
      running.set(child, sound);
      const forget = () => void running.delete(child);
      sound.then(forget, forget);
      return sound;
    },
    async close() {
      closed = true;
      for (const child of running.keys()) child.kill('SIGKILL');
      await Promise.allSettled(running.values());
    },
  };
}

function soundOf(child: Program, text: string, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    child.on('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'program-missing' : 'failed';
      reject(new VoiceError(reason, { cause: error }));
    });
    // When the process has no file descriptors left, there are no pipes.
    if (!child.stdin) return;
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('close', (code, signal) => {
      const sound = code === 0 ? withSizes(Buffer.concat(chunks)) : null;
      if (sound !== null) resolve(sound);
      else if (length > bytesMax) reject(new VoiceError('too-much-sound'));
      else reject(new VoiceError(signal === 'SIGKILL' ? 'timed-out' : 'failed'));
    });
    // A program that ends without reading says so by its status.
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });
}
