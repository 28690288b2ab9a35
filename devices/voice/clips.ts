/**
 * Recorded clips, `<folder>/<language>/<message>.{wav,ogg,opus,mp3}`: each takes the place of one synthesized message.
 * The folder is the operator's; what is in it counts from the next start on.
 */

import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Clip, type Clips, VoiceError } from './voice.ts';

const CLIP_BYTES_MAX = 4_194_304;

/** In the order of preference. `magic`: what such a file begins with. */
const KINDS = [
  { ending: 'wav', type: 'audio/wav', magic: /^RIFF[\s\S]{4}WAVE/u },
  { ending: 'opus', type: 'audio/ogg; codecs=opus', magic: /^OggS/u },
  { ending: 'ogg', type: 'audio/ogg', magic: /^OggS/u },
  { ending: 'mp3', type: 'audio/mpeg', magic: /^(ID3|\u{ff}[\u{e2}-\u{ff}])/u },
] as const;

/** What a message's and a language's id look like; nothing else becomes part of a path. */
const ID = /^[a-z]+(-[a-z]+)*$/u;

export function clipsIn(folder: string): Clips {
  return {
    async find(language, speech) {
      if (!ID.test(language) || !ID.test(speech)) return null;
      for (const kind of KINDS) {
        const clip = await readClip(folder, join(language, `${speech}.${kind.ending}`), kind);
        if (clip !== null) return clip;
      }
      return null;
    },
  };
}

async function readClip(
  folder: string,
  path: string,
  { type, magic }: (typeof KINDS)[number],
): Promise<Clip | null> {
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
    if (!file.startsWith(`${root}${sep}`)) throw new VoiceError('clip-unusable');
    // A named pipe would be waited for until somebody writes to it.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = await readWhole(handle).finally(() => handle.close());
    if (!magic.test(bytes.toString('latin1', 0, 12))) throw new VoiceError('clip-unusable');
    return { type, bytes };
  } catch (error) {
    if (error instanceof VoiceError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new VoiceError('clip-unusable', { cause: error });
  }
}

async function readWhole(handle: FileHandle): Promise<Buffer> {
  const status = await handle.stat();
  if (!status.isFile() || status.size > CLIP_BYTES_MAX) throw new VoiceError('clip-unusable');
  const bytes = Buffer.alloc(status.size);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read) {
    ({ bytesRead: read } = await handle.read(bytes, length, bytes.length - length, length));
  }
  return bytes.subarray(0, length);
}
