import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CardFaults, SimCard } from '../../devices/card/sim-card.ts';
import { type HeldCard, holdOnVpcd } from '../../devices/card/vpcd.ts';

const SELECT_JPKI = '00A4040C0AD392F000260100000001';

let server: Server;
let port: number;
let held: HeldCard | undefined;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = portOf(server);
});

afterEach(async () => {
  await held?.remove();
  held = undefined;
  await new Promise((resolve) => server.close(resolve));
});

/** The reader's end of the connection, with whatever the card has said so far. */
async function holdCard(faults: CardFaults = {}): Promise<{ reader: Socket; said: () => string }> {
  const accepted = once(server, 'connection');
  held = await holdOnVpcd(new SimCard({ kind: 'my-number', faults }), { port });
  const [reader] = (await accepted) as [Socket];
  let heard = '';
  reader.on('data', (piece: Buffer) => {
    heard += piece.toString('hex').toUpperCase();
  });
  reader.on('error', () => undefined);
  return { reader, said: () => heard };
}

function portOf(listening: Server): number {
  const address = listening.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening on TCP');
  return address.port;
}

function message(hex: string): Buffer {
  const body = Buffer.from(hex, 'hex');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([length, body]);
}

const ATR = '000D3B888001000005E0B381A1007F';

test('a card gives its ATR without power, and answers commands with power', async () => {
  const { reader, said } = await holdCard();
  reader.write(message('04'));
  await expect.poll(said).toBe(ATR);
  reader.write(Buffer.concat([message('01'), message(SELECT_JPKI)]));
  await expect.poll(said).toBe(`${ATR}00029000`);
});

test('messages may come in any pieces, and several at once', async () => {
  const { reader, said } = await holdCard();
  reader.setNoDelay(true);
  const bytes = Buffer.concat([message('01'), message(SELECT_JPKI), message('00B0000004')]);
  for (const byte of bytes) {
    reader.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(said).toBe('0002900000026986');
  reader.write(Buffer.concat([message('02'), message('00B0000004'), message('00A40000')]));
  await expect.poll(said).toBe('00029000000269860002698600026A86');
});

test('what is neither control nor command is passed over', async () => {
  const { reader, said } = await holdCard();
  reader.write(Buffer.concat([message(''), message('FF'), message('03'), message('04')]));
  await expect.poll(said).toBe(ATR);
  reader.write(Buffer.concat([message('01'), message('0000'), message('A5'.repeat(0xffff))]));
  await expect.poll(said).toBe(`${ATR}0002670000026700`);
});

test('a card without power gives no status word, stays, and answers when it has power', async () => {
  const { reader, said } = await holdCard();
  reader.write(message(SELECT_JPKI));
  await expect.poll(said).toBe('000100');
  reader.write(Buffer.concat([message('01'), message(SELECT_JPKI)]));
  await expect.poll(said).toBe('00010000029000');
});

test('a card that leaves by a fault closes the connection in the middle of the command', async () => {
  const { reader, said } = await holdCard({ removedAfter: 1 });
  const closed = once(reader, 'close');
  reader.write(Buffer.concat([message('01'), message(SELECT_JPKI), message(SELECT_JPKI)]));
  await Promise.all([held?.removed, closed]);
  expect(said()).not.toContain('9000'.repeat(2));
});

test('a mute card says nothing until it is taken away', async () => {
  const { reader, said } = await holdCard({ muteAfter: 1 });
  const closed = once(reader, 'close');
  reader.write(Buffer.concat([message('01'), message(SELECT_JPKI), message(SELECT_JPKI)]));
  await expect.poll(said).toBe('00029000');
  await held?.remove();
  await closed;
  expect(said()).toBe('00029000');
});

test('an answer without bytes is a message without bytes', async () => {
  const { reader, said } = await holdCard({ emptyAfter: 0 });
  reader.write(Buffer.concat([message('01'), message(SELECT_JPKI)]));
  await expect.poll(said).toBe('0000');
});

test('a reader that dies is noticed, and taking the card away afterwards is no error', async () => {
  const { reader } = await holdCard();
  reader.resetAndDestroy();
  await held?.removed;
  await held?.remove();
  await held?.remove();
});

test('holding a card where no vpcd listens is refused', async () => {
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const freed = portOf(nobody);
  await new Promise((resolve) => nobody.close(resolve));
  await expect(holdOnVpcd(new SimCard({ kind: 'transit' }), { port: freed })).rejects.toThrow(
    /ECONNREFUSED/u,
  );
});
