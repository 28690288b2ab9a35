/**
 * What the service manager (systemd) is told, by sd_notify(3): ready, one line of status, alive, stopping.
 *
 * It goes through libsystemd by koffi, because Node has no datagram sockets of AF_UNIX. Both are loaded only when a
 * service manager listens (NOTIFY_SOCKET). `sd_notify` returns within microseconds, so it is called on the event loop.
 *
 * Ready and alive depend on the event loop and the supervisors alone. A reader, a printer, a list, a disk or a clock that
 * is not well is shown in the status; starting the daemon again would mend none of them.
 */

import type { Reason } from './domain/reason.ts';
import type { Inspect } from './supervision.ts';

const LIBRARY = 'libsystemd.so.0';
/** A loop that is later than this does not serve people any more. */
const LAG_MS_MAX = 1_000;
/** After a check that was not passed, the next one comes sooner than the next third of the watchdog's time. */
const CHECK_AGAIN_MS = 1_000;

/** The part of libsystemd that is used. */
interface Library {
  /** sd_notify(3): above 0 when the message went out, below 0 the negated errno. */
  notify(message: string): number;
  /** sd_watchdog_enabled(3): within how many milliseconds a sign of life is wanted; null when none is. */
  watchdogMs(): number | null;
}

export class ServiceManager {
  readonly #library: Library | null;
  readonly #complain: (problem: string) => void;
  #complained = false;
  #watchdog: NodeJS.Timeout | null = null;

  private constructor(library: Library | null, complain: (problem: string) => void) {
    this.#library = library;
    this.#complain = complain;
  }

  /**
   * With nobody listening, everything below does nothing. `complain`: where a line goes, at most one, when somebody
   * listens and can't be told.
   */
  static async connect(complain: (problem: string) => void): Promise<ServiceManager> {
    if (process.env['NOTIFY_SOCKET'] === undefined) return new ServiceManager(null, complain);
    try {
      return new ServiceManager(await loadLibrary(), complain);
    } catch (error) {
      complain(`the service manager is not told anything: ${(error as Error).message}`);
      return new ServiceManager(null, complain);
    }
  }

  /** The terminal runs. From now on signs of life are sent while the event loop keeps up and `isAlive` says so. */
  ready(isAlive: () => boolean): void {
    this.#tell('READY=1');
    const withinMs = this.#library?.watchdogMs() ?? null;
    if (withinMs !== null) this.#check(isAlive, withinMs / 3, 0);
  }

  /** What stands in the way of serving, for `systemctl status`. */
  status(obstacles: readonly Reason[]): void {
    const line =
      obstacles.length === 0 ? 'in service' : `out of service: ${[...obstacles].join(', ')}`;
    this.#tell(`STATUS=${line}`);
  }

  /** The last sign of life: what is left to do has the watchdog's whole time, and then that of stopping. */
  stopping(): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#tell('STOPPING=1\nSTATUS=stopping\nWATCHDOG=1');
  }

  #check(isAlive: () => boolean, everyMs: number, lagMs: number): void {
    const passed = lagMs < LAG_MS_MAX && isAlive();
    if (passed) this.#tell('WATCHDOG=1');
    const nextMs = passed ? everyMs : Math.min(everyMs, CHECK_AGAIN_MS);
    const dueAt = performance.now() + nextMs;
    this.#watchdog = setTimeout(
      () => this.#check(isAlive, everyMs, performance.now() - dueAt),
      nextMs,
    );
  }

  #tell(message: string): void {
    const result = this.#library?.notify(message) ?? 0;
    if (result >= 0 || this.#complained) return;
    this.#complained = true;
    this.#complain(`the service manager can't be told anything: errno ${-result}`);
  }
}

/**
 * Follows the machines that keep a terminal going: its own, and one for each device and the link. A state that none of
 * their devices is well in counts as an answer; a machine that has ended does not.
 */
export function followSupervisors(inspect: Inspect): {
  readonly inspect: Inspect;
  readonly answer: () => boolean;
} {
  const supervisors = new Set<Parameters<Inspect>[0]['actorRef']>();
  return {
    inspect: (event) => {
      const isRoot = event.type === '@xstate.actor' && event.rootId === event.actorRef.sessionId;
      if (isRoot) supervisors.add(event.actorRef);
      inspect(event);
    },
    answer: () =>
      supervisors.size > 0 &&
      [...supervisors].every((actor) => actor.getSnapshot()?.status === 'active'),
  };
}

/** Throws when koffi or libsystemd can't be loaded here. */
async function loadLibrary(): Promise<Library> {
  const { default: koffi } = await import('koffi');
  const library = koffi.load(LIBRARY);
  const notify = library.func('int sd_notify(int unset_environment, const char *state)');
  const watchdogEnabled = library.func(
    'int sd_watchdog_enabled(int unset_environment, _Out_ uint64_t *usec)',
  );
  return {
    notify: (message) => notify(0, message),
    watchdogMs() {
      const microseconds = [0];
      const isEnabled = watchdogEnabled(0, microseconds) > 0;
      return isEnabled ? Number(microseconds[0]) / 1_000 : null;
    },
  };
}
