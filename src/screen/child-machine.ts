/** A machine that another one has begun and waits for. */

import type { AnyMachineSnapshot } from 'xstate';

/** Null: it was not begun, or has ended. The caller knows of which machine `Snapshot` is. */
export function childOf<Snapshot extends AnyMachineSnapshot>(
  { children }: Pick<AnyMachineSnapshot, 'children'>,
  id: string,
): Snapshot | null {
  const child: { getSnapshot(): unknown } | undefined = children[id];
  const snapshot = (child?.getSnapshot() ?? null) as Snapshot | null;
  return snapshot?.status === 'active' ? snapshot : null;
}
