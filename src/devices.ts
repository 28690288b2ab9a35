/** The devices of one terminal, each kept open for as long as it runs. */

import { join } from 'node:path';
import {
  cardReaderOpener,
  pagePrinterOpener,
  paymentUnitOpener,
  receiptPrinterOpener,
  releaseLineOpener,
  turnstileOpener,
} from '../devices/open.ts';
import type { PagePrinter } from '../devices/page/page-printer.ts';
import type { ReceiptPrinter } from '../devices/receipt/receipt-printer.ts';
import { CardSlot } from './card-slot.ts';
import type { Conditions } from './conditions.ts';
import type { Config } from './config.ts';
import { PageSlot } from './page-slot.ts';
import type { Papers } from './papers.ts';
import { PaymentSlot } from './payment-slot.ts';
import { PrinterSlot } from './printer-slot.ts';
import type { Recorder } from './recorder.ts';
import { ReleaseSlot } from './release-slot.ts';
import type { RemoteSlot } from './remote-slot.ts';
import { type Inspect, type Supervisor, supervise } from './supervision.ts';
import { superviseRemote, superviseTvPower } from './television-devices.ts';
import { TurnstileSlot } from './turnstile-slot.ts';
import type { TvPowerSlot } from './tv-power-slot.ts';

/** A paper under way when the terminal ends may still come out. */
const FINISH_PAPERS_MS = 3_000;

interface Supervised<Slot> {
  readonly slot: Slot;
  readonly supervisor: Supervisor;
}

export class Devices {
  readonly card: CardSlot;
  /** Null where none is configured, as of the next. */
  readonly receipt: PrinterSlot | null;
  readonly release: ReleaseSlot | null;
  readonly turnstile: TurnstileSlot | null;
  readonly payment: PaymentSlot | null;
  readonly page: PageSlot | null;
  readonly remote: RemoteSlot | null;
  readonly tvPower: TvPowerSlot | null;
  readonly #printing: Supervisor | null;
  readonly #others: readonly Supervisor[];

  private constructor(
    card: Supervised<CardSlot>,
    receipt: Supervised<PrinterSlot> | null,
    release: Supervised<ReleaseSlot> | null,
    turnstile: Supervised<TurnstileSlot> | null,
    payment: Supervised<PaymentSlot> | null,
    page: Supervised<PageSlot> | null,
    remote: Supervised<RemoteSlot> | null,
    tvPower: Supervised<TvPowerSlot> | null,
  ) {
    this.card = card.slot;
    this.receipt = receipt?.slot ?? null;
    this.release = release?.slot ?? null;
    this.turnstile = turnstile?.slot ?? null;
    this.payment = payment?.slot ?? null;
    this.page = page?.slot ?? null;
    this.remote = remote?.slot ?? null;
    this.tvPower = tvPower?.slot ?? null;
    this.#printing = receipt?.supervisor ?? null;
    const others = [card, release, turnstile, payment, page, remote, tvPower];
    this.#others = others.flatMap((each) => each?.supervisor ?? []);
  }

  /** Rejects with `DriverMissingError`. */
  static async supervise(
    config: Config,
    recorder: Recorder,
    conditions: Conditions,
    inspect: Inspect,
  ): Promise<Devices> {
    const card = await superviseReader(config, recorder, conditions, inspect);
    const receipt = await supervisePrinter(config, recorder, inspect);
    return new Devices(
      card,
      receipt,
      await superviseRelease(config, recorder, conditions, inspect),
      await superviseTurnstile(config, recorder, inspect),
      await supervisePayment(config, recorder, conditions, inspect),
      await supervisePage(config, recorder, inspect),
      await superviseRemote(config, recorder, inspect),
      await superviseTvPower(config, recorder, inspect),
    );
  }

  /** The printer at the time of printing, if there is one. */
  readonly printer = async (): Promise<ReceiptPrinter | null> =>
    (await this.receipt?.afterFirstTry()) ?? null;

  /** The page printer at the time of printing, if there is one. */
  readonly pagePrinter = async (): Promise<PagePrinter | null> =>
    (await this.page?.afterFirstTry()) ?? null;

  async stop(papers: Papers): Promise<void> {
    const printed = papers.finish(FINISH_PAPERS_MS).then(() => this.#printing?.stop());
    await Promise.all([printed, ...this.#others.map((supervisor) => supervisor.stop())]);
  }
}

/** The reader's condition is that of serving at all. */
async function superviseReader(
  config: Config,
  recorder: Recorder,
  conditions: Conditions,
  inspect: Inspect,
): Promise<{ slot: CardSlot; supervisor: Supervisor }> {
  const open = await cardReaderOpener(config.card, join(config.state, 'sim-card.sock'));
  const slot = new CardSlot(open, (reason) => supervisor.lost(reason));
  conditions.set('reader', 'reader-lost');
  const supervisor: Supervisor = supervise(
    {
      open: () => slot.open(),
      close: () => slot.close(),
      onReady() {
        const { name, modelled } = slot;
        recorder.note('device.ready', { device: 'reader', name, modelled: modelled || undefined });
        conditions.set('reader', null);
      },
      onLost(reason) {
        recorder.note('device.lost', { device: 'reader', reason });
        conditions.set('reader', 'reader-lost');
      },
    },
    inspect,
  );
  return { slot, supervisor };
}

/** A printer that is gone stops nobody from entering: receipts are owed. Null where none is configured. */
async function supervisePrinter(
  config: Config,
  recorder: Recorder,
  inspect: Inspect,
): Promise<{ slot: PrinterSlot; supervisor: Supervisor } | null> {
  const { receipt } = config;
  if (receipt === undefined) return null;
  const open = await receiptPrinterOpener(receipt, join(config.state, 'sim-printer.sock'));
  const slot = new PrinterSlot(open, {
    onCondition: (condition) => recorder.note('device.condition', { device: 'receipt', condition }),
    onLost: (reason) => supervisor.lost(reason),
  });
  const supervisor: Supervisor = supervise(
    {
      open: () => slot.open(),
      close: () => slot.close(),
      onReady() {
        const { name, modelled } = slot.current ?? { name: receipt.driver, modelled: false };
        recorder.note('device.ready', { device: 'receipt', name, modelled: modelled || undefined });
      },
      onLost: (reason) => recorder.note('device.lost', { device: 'receipt', reason }),
    },
    inspect,
  );
  return { slot, supervisor };
}

/** A machine that can't be told to hand anything out serves nobody. Null where none is configured. */
async function superviseRelease(
  config: Config,
  recorder: Recorder,
  conditions: Conditions,
  inspect: Inspect,
): Promise<{ slot: ReleaseSlot; supervisor: Supervisor } | null> {
  const { release } = config;
  if (release === undefined) return null;
  const open = await releaseLineOpener(release, join(config.state, 'sim-release.sock'));
  const slot = new ReleaseSlot(open, recorder, (reason) => supervisor.lost(reason));
  conditions.set('release', 'release-lost');
  const supervisor: Supervisor = supervise(
    {
      open: () => slot.open(),
      close: () => slot.close(),
      onReady() {
        const { name = release.driver, modelled = false } = slot.current ?? {};
        recorder.note('device.ready', { device: 'release', name, modelled: modelled || undefined });
        conditions.set('release', null);
      },
      onLost(reason) {
        recorder.note('device.lost', { device: 'release', reason });
        conditions.set('release', 'release-lost');
      },
    },
    inspect,
  );
  return { slot, supervisor };
}

/** A turnstile that is gone stops nobody: an attendant opens by hand. Null where none is configured. */
async function superviseTurnstile(
  config: Config,
  recorder: Recorder,
  inspect: Inspect,
): Promise<{ slot: TurnstileSlot; supervisor: Supervisor } | null> {
  const { turnstile } = config;
  if (turnstile === undefined) return null;
  const open = await turnstileOpener(turnstile, join(config.state, 'sim-turnstile.sock'));
  const slot = new TurnstileSlot(open, recorder, (reason) => supervisor.lost(reason));
  const device = 'turnstile';
  const supervisor: Supervisor = supervise(
    {
      open: () => slot.open(),
      close: () => slot.close(),
      onReady() {
        const { name = turnstile.driver, modelled = false } = slot.current ?? {};
        recorder.note('device.ready', { device, name, modelled: modelled || undefined });
      },
      onLost: (reason) => recorder.note('device.lost', { device, reason }),
    },
    inspect,
  );
  return { slot, supervisor };
}

/**
 * A page printer that is gone or wants paper closes what prints on it, not the terminal: the slot has its condition as a
 * level. Null where none is configured.
 */
async function supervisePage(
  config: Config,
  recorder: Recorder,
  inspect: Inspect,
): Promise<{ slot: PageSlot; supervisor: Supervisor } | null> {
  const { page } = config;
  if (page === undefined) return null;
  const open = await pagePrinterOpener(page, join(config.state, 'sim-page.sock'));
  const slot = new PageSlot(open, {
    onCondition: (condition) => recorder.note('device.condition', { device: 'page', condition }),
    onLost: (reason) => supervisor.lost(reason),
  });
  const supervisor: Supervisor = supervise(
    {
      open: () => slot.open(),
      close: () => slot.close(),
      onReady() {
        const { name = page.driver, modelled = false } = slot.current ?? {};
        recorder.note('device.ready', { device: 'page', name, modelled: modelled || undefined });
      },
      onLost: (reason) => recorder.note('device.lost', { device: 'page', reason }),
    },
    inspect,
  );
  return { slot, supervisor };
}

/** A terminal whose fees can't be paid serves nobody. Null where none is configured. */
async function supervisePayment(
  config: Config,
  recorder: Recorder,
  conditions: Conditions,
  inspect: Inspect,
): Promise<{ slot: PaymentSlot; supervisor: Supervisor } | null> {
  const { payment } = config;
  if (payment === undefined) return null;
  const simulated = join(config.state, 'sim-payment');
  const open = await paymentUnitOpener(payment, `${simulated}.sock`, `${simulated}.json`);
  const slot = new PaymentSlot(open, recorder, (reason) => supervisor.lost(reason));
  conditions.set('payment', 'payment-lost');
  const supervisor: Supervisor = supervise(
    {
      open: () => slot.open(),
      close: () => slot.close(),
      onReady() {
        const { name = payment.driver, modelled = false } = slot.current ?? {};
        recorder.note('device.ready', { device: 'payment', name, modelled: modelled || undefined });
        conditions.set('payment', null);
      },
      onLost(reason) {
        recorder.note('device.lost', { device: 'payment', reason });
        conditions.set('payment', 'payment-lost');
      },
    },
    inspect,
  );
  return { slot, supervisor };
}
