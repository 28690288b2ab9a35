/** Sound for tests. */

/** A WAV file with so many samples of silence (16 bit, one channel, 22,050 a second). */
export function wavOf(samples: number): Buffer {
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(22_050, 24);
  wav.writeUInt32LE(44_100, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(2 * samples, 40);
  return wav;
}

export interface Sound {
  readonly seconds: number;
  /** The loudest sample, of 32,767. */
  readonly peak: number;
}

export function soundIn(wav: Buffer): Sound {
  const samples = new Int16Array(wav.buffer, wav.byteOffset + 44, (wav.length - 44) >> 1);
  const peak = samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
  return { seconds: (wav.length - 44) / wav.readUInt32LE(28), peak };
}
