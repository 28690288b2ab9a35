/**
 * Holds a card over the virtual reader of a machine, from inside its network: the card's definition (JSON) is read from
 * stdin up to the first line's end, and the card is taken away when stdin ends. Says `held`, and after each command of
 * the card how many there were.
 */

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SimCard } from '../../devices/card/sim-card.ts';
import { holdOnVpcd } from '../../devices/card/vpcd.ts';

class CountingCard extends SimCard {
  #commands = 0;

  override transmit(bytes: Uint8Array): Promise<Uint8Array> {
    this.#commands += 1;
    process.stdout.write(`${JSON.stringify({ event: 'command', number: this.#commands })}\n`);
    return super.transmit(bytes);
  }
}

const input = createInterface({ input: process.stdin });
const [line] = await once(input, 'line');
const held = await holdOnVpcd(new CountingCard(JSON.parse(line)));
process.stdout.write(`${JSON.stringify({ event: 'held' })}\n`);
await Promise.race([once(input, 'close'), held.removed]);
await held.remove();
input.close();
process.stdin.destroy();
