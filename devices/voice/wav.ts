/** RIFF WAVE, as far as espeak-ng writes it: one `fmt ` chunk of 16 bytes, then `data`. */

const HEADER_BYTES = 44;

/**
 * Puts the real sizes into the header. A program that writes to a pipe can't know them beforehand, and a browser shows
 * and plays a sound of the length that the header says. Null when it is no such file or has no sound in it.
 */
export function withSizes(wav: Buffer): Buffer | null {
  const isWav =
    wav.length > HEADER_BYTES &&
    wav.toString('latin1', 0, 4) === 'RIFF' &&
    wav.toString('latin1', 8, 16) === 'WAVEfmt ' &&
    wav.readUInt32LE(16) === 16 &&
    wav.toString('latin1', 36, 40) === 'data';
  if (!isWav) return null;
  const sized = Buffer.from(wav);
  sized.writeUInt32LE(wav.length - 8, 4);
  sized.writeUInt32LE(wav.length - HEADER_BYTES, 40);
  return sized;
}
