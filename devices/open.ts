/** From configuration to devices. Only the driver that is chosen is loaded. */

import type { OpenCardReader } from './card/card.ts';
import type { OpenPagePrinter } from './page/page-printer.ts';
import type { OpenPaymentUnit } from './payment/payment.ts';
import type { OpenReceiptPrinter } from './receipt/receipt-printer.ts';
import type { OpenReleaseLine } from './release/release.ts';
import type { HidRemoteOptions } from './remote/hid-remote.ts';
import type { OpenRemote } from './remote/remote.ts';
import type { OpenTurnstile } from './turnstile/turnstile.ts';
import type { OpenTvPower } from './tv-power/tv-power.ts';
import type { Clips, Voice } from './voice/voice.ts';

export type CardConfig =
  | { readonly driver: 'pcsc'; readonly reader?: string | undefined }
  | { readonly driver: 'simulated' };

export type ReceiptConfig =
  | {
      readonly driver: 'serial';
      readonly path: string;
      readonly baud: number;
      readonly paper: 80 | 58;
    }
  | { readonly driver: 'simulated'; readonly paper: 80 | 58 };

export type ReleaseConfig =
  | { readonly driver: 'serial'; readonly path: string }
  | { readonly driver: 'simulated' };

export type TurnstileConfig = ReleaseConfig;

export type PageConfig =
  | { readonly driver: 'ipp'; readonly url: string; readonly uuid?: string | undefined }
  | { readonly driver: 'simulated' };

export type PaymentConfig =
  | { readonly driver: 'serial'; readonly path: string }
  | { readonly driver: 'simulated' };

export type RemoteConfig =
  | ({ readonly driver: 'hid' } & HidRemoteOptions)
  | { readonly driver: 'simulated'; readonly keys?: HidRemoteOptions['keys'] };

export type TvPowerConfig =
  | { readonly driver: 'cec'; readonly path: string }
  | { readonly driver: 'simulated' };

export interface VoiceConfig {
  readonly voice: 'espeak-ng' | 'none';
  /** A folder of recorded clips. */
  readonly clips?: string | undefined;
}

/** The configuration names a driver that is not installed: the simulators are a package of their own. */
export class DriverMissingError extends Error {}

/** `controlPath`: where a simulator opens its control socket. Rejects with `DriverMissingError`. */
export async function cardReaderOpener(
  config: CardConfig,
  controlPath: string,
): Promise<OpenCardReader> {
  switch (config.driver) {
    case 'pcsc': {
      const { openPcscReader } = await import('./card/pcsc-reader.ts');
      return openPcscReader(config.reader === undefined ? {} : { reader: config.reader });
    }
    case 'simulated': {
      const { openSimReader } = await installed('card', import('./card/sim-reader.ts'));
      return openSimReader({ controlPath });
    }
  }
}

/** Rejects with `DriverMissingError`. */
export async function receiptPrinterOpener(
  config: ReceiptConfig,
  controlPath: string,
): Promise<OpenReceiptPrinter> {
  switch (config.driver) {
    case 'serial': {
      const { openSerialPrinter } = await import('./receipt/serial-printer.ts');
      return openSerialPrinter({ path: config.path, baud: config.baud, width: config.paper });
    }
    case 'simulated': {
      const { openSimPrinter } = await installed('receipt', import('./receipt/sim-printer.ts'));
      return openSimPrinter({ controlPath, width: config.paper });
    }
  }
}

/** Rejects with `DriverMissingError`. */
export async function releaseLineOpener(
  config: ReleaseConfig,
  controlPath: string,
): Promise<OpenReleaseLine> {
  switch (config.driver) {
    case 'serial': {
      const { openSerialRelease } = await import('./release/serial-release.ts');
      return openSerialRelease(config);
    }
    case 'simulated': {
      const { openSimRelease } = await installed('release', import('./release/sim-release.ts'));
      return openSimRelease({ controlPath });
    }
  }
}

/** Rejects with `DriverMissingError`. */
export async function turnstileOpener(
  config: TurnstileConfig,
  controlPath: string,
): Promise<OpenTurnstile> {
  switch (config.driver) {
    case 'serial': {
      const { openSerialTurnstile } = await import('./turnstile/serial-turnstile.ts');
      return openSerialTurnstile(config);
    }
    case 'simulated': {
      const simulator = import('./turnstile/sim-turnstile.ts');
      const { openSimTurnstile } = await installed('turnstile', simulator);
      return openSimTurnstile({ controlPath });
    }
  }
}

/** Rejects with `DriverMissingError`. */
export async function pagePrinterOpener(
  config: PageConfig,
  controlPath: string,
): Promise<OpenPagePrinter> {
  switch (config.driver) {
    case 'ipp': {
      const { openIppPrinter } = await import('./page/ipp-printer.ts');
      return openIppPrinter(config);
    }
    case 'simulated': {
      const { openSimPagePrinter } = await installed('page', import('./page/sim-page-printer.ts'));
      return openSimPagePrinter({ controlPath });
    }
  }
}

/** `memoryPath`: where a simulated unit keeps what it holds and took. Rejects with `DriverMissingError`. */
export async function paymentUnitOpener(
  config: PaymentConfig,
  controlPath: string,
  memoryPath: string,
): Promise<OpenPaymentUnit> {
  switch (config.driver) {
    case 'serial': {
      const { openSerialPayment } = await import('./payment/serial-payment.ts');
      return openSerialPayment(config);
    }
    case 'simulated': {
      const { openSimPayment } = await installed('payment', import('./payment/sim-payment.ts'));
      return openSimPayment({ controlPath, memoryPath });
    }
  }
}

/** Rejects with `DriverMissingError`. */
export async function remoteOpener(config: RemoteConfig, controlPath: string): Promise<OpenRemote> {
  switch (config.driver) {
    case 'hid': {
      const { openHidRemote } = await import('./remote/hid-remote.ts');
      return openHidRemote(config);
    }
    case 'simulated': {
      const { openSimRemote } = await installed('remote', import('./remote/sim-remote.ts'));
      return openSimRemote({ controlPath, keys: config.keys });
    }
  }
}

/** Rejects with `DriverMissingError`. */
export async function tvPowerOpener(
  config: TvPowerConfig,
  controlPath: string,
): Promise<OpenTvPower> {
  switch (config.driver) {
    case 'cec': {
      const { openCecTvPower } = await import('./tv-power/cec-tv-power.ts');
      return openCecTvPower(config);
    }
    case 'simulated': {
      const simulator = import('./tv-power/sim-tv-power.ts');
      const { openSimTvPower } = await installed('tv-power', simulator);
      return openSimTvPower({ controlPath });
    }
  }
}

/** `table`: of the configuration. */
async function installed<Module>(table: string, loading: Promise<Module>): Promise<Module> {
  try {
    return await loading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const what = `[${table}] "driver": "simulated" is not installed here`;
    throw new DriverMissingError(`${what}; the package kazasu-sim brings it`, { cause: error });
  }
}

/** A voice is always opened: that its program is missing shows when it is to speak. */
export async function openVoice({
  voice,
  clips,
}: VoiceConfig): Promise<{ readonly voice: Voice | null; readonly clips: Clips | null }> {
  const { openEspeakVoice } = await import('./voice/espeak-voice.ts');
  const { clipsIn } = await import('./voice/clips.ts');
  return {
    voice: voice === 'none' ? null : openEspeakVoice(),
    clips: clips === undefined ? null : clipsIn(clips),
  };
}
