/** From configuration to devices. Only the driver that is chosen is loaded. */

import type { OpenCardReader } from './card/card.ts';
import type { OpenReceiptPrinter } from './receipt/receipt-printer.ts';
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

export interface VoiceConfig {
  readonly voice: 'espeak-ng' | 'none';
  /** A folder of recorded clips. */
  readonly clips?: string | undefined;
}

/** `controlPath`: where a simulator opens its control socket. */
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
      const { openSimReader } = await import('./card/sim-reader.ts');
      return openSimReader({ controlPath });
    }
  }
}

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
      const { openSimPrinter } = await import('./receipt/sim-printer.ts');
      return openSimPrinter({ controlPath, width: config.paper });
    }
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
