/**
 * Two machines: each has a network namespace of its own, with a cable between them (veth) that can be unplugged and loses what it
 * is told to, and boxes that pass TCP on. Needs root; nothing is left behind, for a namespace ends with the last process in it.
 */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { askControlSocket } from '../../devices/sim-control.ts';
import { Program } from '../rig/program.ts';

const PROXY = join(import.meta.dirname, 'fault-proxy-process.ts');
/** RFC 5737: nobody's. */
const ADDRESSES = ['192.0.2.1', '192.0.2.2'] as const;
const LOOPBACK = '127.0.0.1';

export interface Faults {
  readonly delayMs?: number;
  readonly hole?: { readonly up?: boolean; readonly down?: boolean };
  /** Nobody comes through, and who is there is thrown out. */
  readonly gone?: boolean;
  readonly resetAfter?: number | null;
}

/** Passes TCP on to one port. */
export class Box {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** What is left out stays. Answers how often it reset everything after so many bytes. */
  async set(faults: Faults): Promise<number> {
    const reply = await askControlSocket(this.#socket, { do: 'set', ...faults });
    return Number(reply['resets']);
  }
}

/** Where a box is called: a port of an address, or a file. */
type Place = { readonly host: string; readonly port: number } | { readonly path: string };

export class TwoMachines<Machine extends string> {
  readonly #folder: string;
  readonly #names: readonly [Machine, Machine];
  readonly #programs: Program[] = [];
  readonly #holders = new Map<Machine, Program>();
  #boxes = 0;

  private constructor(folder: string, names: readonly [Machine, Machine]) {
    this.#folder = folder;
    this.#names = names;
  }

  /** `folder`: for the boxes' control sockets. */
  static async build<Machine extends string>(
    folder: string,
    names: readonly [Machine, Machine],
  ): Promise<TwoMachines<Machine>> {
    const machines = new TwoMachines(folder, names);
    await Promise.all(names.map((machine) => machines.#hold(machine)));
    const [one, other] = names.map((machine) => `${machines.#pid(machine)}`);
    const ends = `netns ${one} type veth peer name cable netns ${other}`;
    execFileSync('ip', ['link', 'add', 'cable', ...ends.split(' ')]);
    for (const machine of names) {
      machines.#ip(machine, 'address', 'add', `${machines.addressOf(machine)}/30`, 'dev', 'cable');
      machines.#ip(machine, 'link', 'set', 'cable', 'up');
    }
    return machines;
  }

  /** Runs what follows it on that machine. */
  on(machine: Machine): readonly string[] {
    return ['nsenter', `--net=/proc/${this.#pid(machine)}/ns/net`];
  }

  /** On the cable. */
  addressOf(machine: Machine): string {
    return ADDRESSES[machine === this.#names[0] ? 0 : 1];
  }

  /** From here on `from` finds a port of the other machine's loopback as if it were on its own. The box is that before it. */
  async connect(from: Machine, port: number): Promise<Box> {
    const to = this.#other(from);
    const box = await this.#box(to, { host: this.addressOf(to), port }, LOOPBACK, port);
    await this.passOn(from, port);
    return box;
  }

  /** From here on `from` finds a port that the other machine has on the cable as if it were on its own. */
  passOn(from: Machine, port: number): Promise<Box> {
    return this.#box(from, { host: LOOPBACK, port }, this.addressOf(this.#other(from)), port);
  }

  /** A port of the machine's loopback, for whoever is on no machine, by a file. */
  async openDoor(machine: Machine, path: string, port: number): Promise<void> {
    await this.#box(machine, { path }, LOOPBACK, port);
  }

  plug(isIn: boolean): void {
    this.#ip(this.#names[0], 'link', 'set', 'cable', isIn ? 'up' : 'down');
  }

  /** So many of 100 packets that come to this machine are lost from now on, and nobody is told. 100: it hears nothing. */
  lose(machine: Machine, percent: number): void {
    const drops = percent > 0 ? `iifname "cable" numgen random mod 100 <= ${percent - 1} drop` : '';
    // Made before it is deleted, for the first time; all of it is one transaction.
    const input = `table inet loss
delete table inet loss
table inet loss {
  chain arriving {
    type filter hook input priority filter
    ${drops}
  }
}
`;
    this.#run(machine, ['nft', '-f', '-'], input);
  }

  async end(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.killHard();
  }

  async #hold(machine: Machine): Promise<void> {
    const within = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
    const holder = new Program(
      ['-e', 'process.stdout.write(\'{"event":"held"}\\n\'); setInterval(() => {}, 60_000)'],
      { within },
    );
    this.#programs.push(holder);
    this.#holders.set(machine, holder);
    await holder.next({ event: 'held' });
  }

  async #box(machine: Machine, at: Place, target: string, port: number): Promise<Box> {
    this.#boxes += 1;
    const socket = join(this.#folder, `box-${this.#boxes}.sock`);
    const [host, listen] = 'path' in at ? [at.path, 0] : [at.host, at.port];
    const box = new Program([PROXY, socket, host, String(listen), target, String(port)], {
      within: this.on(machine),
    });
    this.#programs.push(box);
    await box.next({ event: 'proxy.ready' });
    return new Box(socket);
  }

  #other(machine: Machine): Machine {
    const [one, other] = this.#names;
    return machine === one ? other : one;
  }

  #pid(machine: Machine): number {
    const holder = this.#holders.get(machine);
    if (holder === undefined) throw new Error(`there is no machine for the ${machine} yet`);
    return holder.pid;
  }

  #ip(machine: Machine, ...args: readonly string[]): void {
    this.#run(machine, ['ip', ...args]);
  }

  #run(machine: Machine, command: readonly string[], input = ''): void {
    const [enter = '', ...into] = this.on(machine);
    execFileSync(enter, [...into, ...command], { input });
  }
}
