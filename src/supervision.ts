/** Keeps one device open for as long as the terminal runs, by the generic machine of state-machines/device.ts. */

import { setTimeout as delay } from 'node:timers/promises';
import { createActor, fromPromise, type InspectionEvent, waitFor } from 'xstate';
import { type DeviceEvent, deviceMachine } from '../state-machines/device.ts';

/** What is still opening or closing then ends with the process; in a process that goes on, it is closed all the same. */
const STOP_MS = 2_000;

export interface SupervisedDevice {
  open(): Promise<void>;
  /** Also for a device that is half-open or dead. */
  close(): Promise<void>;
  onReady(): void;
  onLost(reason: string): void;
}

export interface Supervisor {
  /** The driver says that its device is gone. */
  lost(reason: string): void;
  /** Resolves when the device is closed, or when a driver hangs. */
  stop(): Promise<void>;
}

export type Inspect = (event: InspectionEvent) => void;

/** `backOff`: replaces the machine's own delay, e.g. by one with jitter. */
export function supervise(
  device: SupervisedDevice,
  inspect: Inspect,
  backOff?: (failures: number) => number,
): Supervisor {
  let opening: Promise<void> = Promise.resolve();
  /** Lost since it was last opened: perhaps before the machine knew that it was open. */
  let lost: string | null = null;
  const machine = deviceMachine.provide({
    actors: {
      open: fromPromise(() => {
        lost = null;
        opening = device.open();
        return opening;
      }),
      close: fromPromise(async () => {
        // Stopped while it opens: what comes of it has to be closed, too.
        await opening.catch(() => {});
        await device.close();
      }),
    },
    ...(backOff === undefined
      ? {}
      : {
          delays: {
            backOff: ({ context }: { context: { failures: number } }) => backOff(context.failures),
          },
        }),
  });
  const actor = createActor(machine, { inspect });
  actor.on('device.ready', () => {
    device.onReady();
    if (lost !== null) send({ type: 'device.lost', reason: lost });
  });
  actor.on('device.lost', ({ reason }) => device.onLost(reason));
  actor.start();
  const send = (event: DeviceEvent) => actor.send(event);
  return {
    lost: (reason) => {
      lost = reason;
      send({ type: 'device.lost', reason });
    },
    async stop() {
      send({ type: 'device.stop' });
      const stopped = waitFor(actor, (snapshot) => snapshot.status !== 'active');
      const limit = new AbortController();
      await Promise.race([stopped, delay(STOP_MS, null, limit).catch(() => {})]);
      limit.abort();
    },
  };
}

/**
 * A machine that gets an event which its state has no answer for drops it silently; this hook makes the drop visible.
 * Events that a state absorbs on purpose have a transition and are not reported.
 */
export function reportDroppedEvents(
  report: (fields: { machine: string; state: string; dropped: string }) => void,
): Inspect {
  return (inspection) => {
    if (inspection.type !== '@xstate.microstep' || inspection._transitions.length > 0) return;
    const { event, snapshot, actorRef } = inspection;
    if (event.type.startsWith('xstate.')) return;
    const state = 'value' in snapshot ? JSON.stringify(snapshot.value) : snapshot.status;
    report({
      machine: 'id' in actorRef ? String(actorRef.id) : actorRef.sessionId,
      state,
      dropped: event.type,
    });
  };
}
