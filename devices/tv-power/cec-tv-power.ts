/**
 * A television on HDMI-CEC (HDMI 1.4b, supplement 1), by cec-ctl of v4l-utils and the CEC framework of Linux: we are a
 * playback device, <Image View On> switches the television on, <Active Source> has it show our input.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { OpenTvPower, TvPower, TvPowerListener } from './tv-power.ts';

const PROGRAM = 'cec-ctl';
/** CEC carries 36 bytes a second; a television that sleeps acknowledges after a few tries. */
const COMMAND_MS_MAX = 10_000;
const OUTPUT_BYTES_MAX = 65_536;
const NO_ADDRESS = 'f.f.f.f';

/** Runs cec-ctl with these arguments; resolves with what it writes. */
export type RunCec = (args: readonly string[]) => Promise<string>;

const runCecCtl: RunCec = async (args) => {
  const options = { timeout: COMMAND_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX } as const;
  const { stdout } = await promisify(execFile)(PROGRAM, [...args], options);
  return stdout;
};

/** `path`: of the adapter, /dev/cec0. */
export function openCecTvPower({ path }: { readonly path: string }, run = runCecCtl): OpenTvPower {
  return async (listener) => {
    // Takes a logical address on the bus, which whoever speaks there needs; kept until another program changes it.
    const said = await run(['--device', path, '--playback', '--osd-name', 'Kazasu']);
    const address = addressIn(said);
    if (address === null || address === NO_ADDRESS) {
      throw new Error(`${path} has no physical address: no television is connected to it`);
    }
    return new CecTvPower(path, address, run, listener);
  };
}

class CecTvPower implements TvPower {
  readonly name: string;
  readonly modelled = false;
  readonly #address: string;
  readonly #run: RunCec;
  readonly #listener: TvPowerListener;
  #isLost = false;

  constructor(path: string, address: string, run: RunCec, listener: TvPowerListener) {
    this.name = path;
    this.#address = address;
    this.#run = run;
    this.#listener = listener;
  }

  async wake(): Promise<void> {
    try {
      await this.#run(['--device', this.name, '--to', '0', '--image-view-on']);
      const source = `phys-addr=${this.#address}`;
      await this.#run(['--device', this.name, '--active-source', source]);
    } catch (error) {
      // The address may have changed with the cable: it is asked for anew.
      if (!this.#isLost) this.#listener.onLost((error as Error).message);
      this.#isLost = true;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isLost = true;
  }
}

/** e.g. "Physical Address           : 1.0.0.0"; null: it says none. */
function addressIn(said: string): string | null {
  const found = /Physical Address\s*:\s*((?:[0-9a-f]\.){3}[0-9a-f])/u.exec(said);
  return found?.[1] ?? null;
}
