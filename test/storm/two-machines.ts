/**
 * A gate and its platform on two machines: each has a network namespace of its own, with a cable between them (veth) that can be
 * unplugged, and on each side a box that passes TCP on. Needs root; nothing is left behind, for a namespace ends with the last
 * process in it.
 */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { askControlSocket } from '../../devices/sim-control.ts';
import { Program } from '../rig/program.ts';

const PROXY = join(import.meta.dirname, 'fault-proxy-process.ts');
/** RFC 5737: nobody's. */
const ADDRESS = { gate: '192.0.2.1', platform: '192.0.2.2' } as const;

type Machine = keyof typeof ADDRESS;

export interface Faults {
  readonly delayMs?: number;
  readonly hole?: { readonly up?: boolean; readonly down?: boolean };
  readonly resetAfter?: number | null;
}

export class TwoMachines {
  readonly #folder: string;
  readonly #programs: Program[] = [];
  readonly #holders = new Map<Machine, Program>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `folder`: for the boxes' control sockets. */
  static async build(folder: string): Promise<TwoMachines> {
    const machines = new TwoMachines(folder);
    for (const machine of ['gate', 'platform'] as const) await machines.#hold(machine);
    const [gate, platform] = [machines.#pid('gate'), machines.#pid('platform')];
    ip(
      'link',
      'add',
      'cable',
      'netns',
      `${gate}`,
      ...'type veth peer name cable netns'.split(' '),
      `${platform}`,
    );
    for (const machine of ['gate', 'platform'] as const) {
      machines.#ip(machine, 'address', 'add', `${ADDRESS[machine]}/30`, 'dev', 'cable');
      machines.#ip(machine, 'link', 'set', 'cable', 'up');
    }
    return machines;
  }

  /** Runs what follows it on that machine. */
  on(machine: Machine): readonly string[] {
    return ['nsenter', `--net=/proc/${this.#pid(machine)}/ns/net`];
  }

  /** From here on the gate finds the platform's port as if it were on its own machine. */
  async connect(port: number): Promise<void> {
    await this.#box('platform', ADDRESS.platform, '127.0.0.1', port);
    await this.#box('gate', '127.0.0.1', ADDRESS.platform, port);
  }

  plug(isIn: boolean): void {
    this.#ip('gate', 'link', 'set', 'cable', isIn ? 'up' : 'down');
  }

  /** Of the box before the platform. Answers how often it reset everything. */
  async set(faults: Faults): Promise<number> {
    const reply = await askControlSocket(this.#socket('platform'), { do: 'set', ...faults });
    return Number(reply['resets']);
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

  async #box(machine: Machine, host: string, target: string, port: number): Promise<void> {
    const addresses = [host, String(port), target, String(port)];
    const box = new Program([PROXY, this.#socket(machine), ...addresses], {
      within: this.on(machine),
    });
    this.#programs.push(box);
    await box.next({ event: 'proxy.ready' });
  }

  #socket(machine: Machine): string {
    return join(this.#folder, `box-${machine}.sock`);
  }

  #pid(machine: Machine): number {
    const holder = this.#holders.get(machine);
    if (holder === undefined) throw new Error(`there is no machine for the ${machine} yet`);
    return holder.pid;
  }

  #ip(machine: Machine, ...args: readonly string[]): void {
    const [enter = '', ...into] = this.on(machine);
    execFileSync(enter, [...into, 'ip', ...args]);
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args);
}
