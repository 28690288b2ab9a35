/** A terminal of the street: the daemon as a process that is started again whenever it ends, as systemd does it. */

import { access } from 'node:fs/promises';
import { Program, runCommand } from './child.ts';
import { TerminalJournal } from './journal.ts';
import { TerminalHealth } from './terminal-health.ts';

const READY_MS_MAX = 60_000;
const DAEMON = 'src/main.ts';

/** `right`: as this machine has it; `ahead`, `tomorrow`, `weeks`: three hours, a day, three weeks too far; `1970`: no battery. */
export type ClockSetting = 'right' | 'ahead' | 'tomorrow' | 'weeks' | '1970';

const FAKETIME = {
  right: null,
  ahead: '+3h',
  tomorrow: '+1d',
  weeks: '+21d',
  '1970': '@1970-01-01 00:01:00',
} as const satisfies Record<ClockSetting, string | null>;

const FAKETIME_LIBRARY = 'faketime/libfaketime.so.1';

/** Whether a process can be given another clock here. */
export async function canSkewClock(): Promise<boolean> {
  const folders = ['/usr/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];
  const found = await Promise.all(
    folders.map((folder) =>
      access(`${folder}/${FAKETIME_LIBRARY}`).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

export interface TerminalOptions {
  /** As the platform knows it; for people. */
  readonly name: string;
  /** Path of its configuration. */
  readonly config: string;
  /** What its process needs beside this process's own environment; asked for at each start. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

export class Terminal {
  readonly journal = new TerminalJournal();
  readonly health = new TerminalHealth();
  readonly #name: string;
  readonly #config: string;
  readonly #environment: () => Readonly<Record<string, string>>;
  readonly #say: (line: string) => void;
  #program: Program | null = null;
  #clock: ClockSetting = 'right';
  #ending = false;
  #stopped: Promise<unknown> = Promise.resolve();

  constructor({ name, config, environment, say }: TerminalOptions) {
    this.#name = name;
    this.#config = config;
    this.#environment = environment;
    this.#say = say;
    this.journal.watch((line) => this.health.hear(line));
  }

  /** Gets its certificate, as somebody at its keyboard has it do. */
  async enrol(code: string): Promise<void> {
    await runCommand(DAEMON, ['enrol', '--config', this.#config, '--code', code]);
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    this.#ending = false;
    await this.#untilItServes(() => this.#run());
  }

  /** Resolves at once when it serves, else when it does so again. */
  async serves(): Promise<void> {
    if (this.health.levels.state === 'serving') return;
    await this.journal.next(({ event }) => event === 'terminal.in-service', {
      limitMs: READY_MS_MAX,
      what: `${this.#name} in service`,
    });
  }

  /** Kills it without a word, as a power cut does; it is started again. Resolves when it is dead. */
  async kill(): Promise<void> {
    const program = this.#program;
    program?.kill('SIGKILL');
    await program?.exited;
  }

  /** Restarts it in order with another clock; resolves when it has said that it is there. */
  async setClock(clock: ClockSetting): Promise<void> {
    if (clock === this.#clock) return;
    this.#clock = clock;
    const since = this.journal.mark();
    await this.#program?.end();
    await this.journal.next(({ event }) => event === 'terminal.ready', {
      since,
      limitMs: READY_MS_MAX,
      what: this.#name,
    });
  }

  /** A staff command at the terminal, as `kazasu` has it, like `undo` or `kiosk clear`. Rejects with what it said when it fails. */
  async staff(command: string, ...args: readonly string[]): Promise<void> {
    await runCommand(DAEMON, [...command.split(' '), '--config', this.#config, ...args]);
  }

  /** Ends it for good, or until the next `start`. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#clock = 'right';
    await this.#program?.end();
    await this.#stopped;
  }

  async #untilItServes(begin: () => void): Promise<void> {
    const since = this.journal.mark();
    const awaited = { since, limitMs: READY_MS_MAX, what: this.#name };
    begin();
    const failed = this.#program?.exited.then((end) => {
      throw new Error(`${this.#name} ended (${end}) before it served`);
    });
    const serves = Promise.all([
      this.journal.next(({ event }) => event === 'terminal.ready', awaited),
      this.journal.next(({ event }) => event === 'terminal.in-service', awaited),
    ]);
    await Promise.race([serves, failed]);
  }

  #run(): void {
    const faketime = FAKETIME[this.#clock];
    const program = new Program({
      entry: DAEMON,
      args: ['run', '--config', this.#config],
      onLine: (line) => this.journal.push(line),
      onText: (text) => {
        if (/error|fatal|warn/iu.test(text)) this.#say(`${this.#name}: ${text.trim()}`);
      },
      env: {
        ...this.#environment(),
        ...(faketime === null ? {} : clockEnvironment(faketime)),
      },
    });
    this.#program = program;
    this.#stopped = program.exited.then((end) => {
      this.journal.push({ event: 'street.terminal-ended', at: new Date().toISOString() });
      if (this.#ending) return;
      this.#say(`${this.#name} ended (${end}); it is started again`);
      this.#run();
    });
  }
}

function clockEnvironment(setting: string): Record<string, string> {
  return {
    // The dynamic linker knows what $LIB is (ld.so(8)). Not the command `faketime`: that stays as a parent.
    LD_PRELOAD: `/usr/$LIB/${FAKETIME_LIBRARY}`,
    FAKETIME: setting,
    // Nobody sets CLOCK_MONOTONIC, and Node's timers hang on it.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
