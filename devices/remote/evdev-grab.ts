/**
 * The input devices that the kernel makes of a remote control, grabbed: while this process has them, the kernel gives
 * their keys to no console, no display server and no login manager (EVIOCGRAB of linux/input.h, by koffi: Node has no
 * ioctl). What we read ourselves comes from hidraw, which a grab does not touch.
 */

import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import koffi from 'koffi';

/** _IOW('E', 0x90, int) */
const EVIOCGRAB = 0x4004_4590;

// Of this process, not of libc itself: what stands in front of it in a test is asked, too.
const ioctl = koffi.load(null).func('int ioctl(int fd, ulong request, ...)');

export class EventNodes {
  /** File descriptors by path. */
  readonly #held = new Map<string, number>();

  /** Grabs those that are not yet, lets go of those that are gone; why some can't be grabbed, null when all are. */
  hold(paths: readonly string[]): string | null {
    for (const [path, fd] of this.#held) {
      if (!paths.includes(path) || !isStill(fd, path)) this.#letGo(path);
    }
    const problems = paths.flatMap((path) =>
      this.#held.has(path) ? [] : (this.#grab(path) ?? []),
    );
    return problems[0] ?? null;
  }

  close(): void {
    for (const path of this.#held.keys()) this.#letGo(path);
  }

  #grab(path: string): string | null {
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      return (error as Error).message;
    }
    if (ioctl(fd, EVIOCGRAB, 'int', 1) === 0) {
      this.#held.set(path, fd);
      return null;
    }
    const errno = koffi.errno();
    closeSync(fd);
    const isTaken = errno === koffi.os.errno['EBUSY'];
    return isTaken ? `${path} is grabbed by another program` : `${path}: EVIOCGRAB: errno ${errno}`;
  }

  #letGo(path: string): void {
    const fd = this.#held.get(path);
    this.#held.delete(path);
    if (fd !== undefined) closeSync(fd);
  }
}

/** A device that was plugged in again meanwhile has a node of the same name, and is another one. */
function isStill(fd: number, path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino;
}
