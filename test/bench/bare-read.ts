/**
 * The floor of a tap: the least program that reads a user-authentication certificate with npm pcsclite, in one process
 * and with nothing around it. `bare-read.ts READER`: one JSON line for each card that is held.
 */

import pcsclite from 'pcsclite';

const SELECT_JPKI = Buffer.from('00A4040C0AD392F000260100000001', 'hex');
const SELECT_CERTIFICATE = Buffer.from('00A4020C02000A', 'hex');
const READ_STEP = 250;
/** SCARD_READERSTATE.dwEventState: the upper half counts insertions and removals (pcsclite.h). */
const COUNTER_SHIFT = 16;

const wanted = process.argv[2] ?? '';

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const context = pcsclite();
context.on('reader', (reader) => {
  reader.on('error', () => undefined);
  if (!reader.name.startsWith(wanted)) return;
  /** By pcscd's count of insertions and removals; null when there is none. */
  let card: number | null = null;

  const connect = () =>
    new Promise<number>((resolve, reject) => {
      reader.connect({ share_mode: reader.SCARD_SHARE_EXCLUSIVE }, (error, protocol) => {
        if (error) reject(error);
        else resolve(protocol);
      });
    });
  const transmit = (command: Buffer, protocol: number) =>
    new Promise<Buffer>((resolve, reject) => {
      reader.transmit(command, 258, protocol, (error, response) => {
        if (error) reject(error);
        else if (response.readUInt16BE(response.length - 2) !== 0x9000)
          reject(new Error('refused'));
        else resolve(response.subarray(0, -2));
      });
    });

  const read = async (sensedAt: number): Promise<void> => {
    const protocol = await connect();
    const connectedAt = performance.now();
    await transmit(SELECT_JPKI, protocol);
    await transmit(SELECT_CERTIFICATE, protocol);
    const parts = [await transmit(Buffer.from([0x00, 0xb0, 0, 0, READ_STEP]), protocol)];
    const length = 4 + (parts[0]?.readUInt16BE(2) ?? 0);
    for (let at = READ_STEP; at < length; at += READ_STEP) {
      const step = Math.min(READ_STEP, length - at);
      const command = Buffer.from([0x00, 0xb0, at >> 8, at & 0xff, step]);
      parts.push(await transmit(command, protocol));
    }
    const bytes = Buffer.concat(parts).length;
    const readAt = performance.now();
    const ms = {
      detect: connectedAt - sensedAt,
      read: readAt - connectedAt,
      total: readAt - sensedAt,
    };
    reader.disconnect(reader.SCARD_UNPOWER_CARD, () => tell({ event: 'read', bytes, ms }));
  };

  reader.on('status', ({ state }) => {
    const sensedAt = performance.now();
    const isPresent = (state & reader.SCARD_STATE_PRESENT) !== 0;
    // Levels coalesce: another count is another card, though nobody said that the field was empty between them.
    const now = isPresent ? state >>> COUNTER_SHIFT : null;
    if (now === card) return;
    if (card !== null) tell({ event: 'gone' });
    card = now;
    if (card === null) return;
    void read(sensedAt).catch((error: Error) => tell({ event: 'failed', why: error.message }));
  });
  tell({ event: 'watching', reader: reader.name });
});
