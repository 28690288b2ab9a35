import { createSimReader } from '../../devices/card/sim-reader.ts';
import type { CardField } from './card-field.ts';
import { describeCardReader } from './card-reader.contract.ts';

describeCardReader('The simulated card reader', async (): Promise<CardField> => {
  const reader = createSimReader();
  let held = false;
  const remove = async () => {
    // A card whose fault is to leave has left.
    if (held) reader.remove();
    held = false;
  };
  return {
    open: reader.open,
    async hold(card) {
      reader.hold(card);
      held = true;
    },
    remove,
    unplug: async () => reader.unplug(),
    plug: async () => reader.plug(),
    dispose: async () => undefined,
  };
});
