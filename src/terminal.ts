/** The composition root of one terminal: what is made of what, read top-down like a table of contents. */

import type { Writable } from 'node:stream';
import { type Actor, createActor } from 'xstate';
import { openVoice } from '../devices/open.ts';
import type { terminalMachine } from '../state-machines/terminal.ts';
import type { TerminalInput } from '../state-machines/terminal-setup.ts';
import { Charges } from './charges.ts';
import { CommandRunner } from './commands.ts';
import { Conditions } from './conditions.ts';
import type { Config } from './config.ts';
import { Devices } from './devices.ts';
import { giveUpCopies } from './disk-room.ts';
import type { OwnParts } from './doctor/own-view.ts';
import type { Check } from './domain/check.ts';
import type { Reason } from './domain/reason.ts';
import { announceLists, settleEarlierRun } from './earlier-run.ts';
import { idle, quiet } from './idle.ts';
import type { JournalFields } from './journal.ts';
import { LinkSupervisor } from './link-supervisor.ts';
import type { Metrics } from './metrics.ts';
import { onlineRevocation } from './online-revocation.ts';
import { OwnKeys } from './own-keys.ts';
import { Papers } from './papers.ts';
import type { Recorder } from './recorder.ts';
import { Retention } from './retention.ts';
import { RETENTION_DEFAULT } from './retention-config.ts';
import { type RoleEnding, Roles } from './roles.ts';
import { openScreen } from './screen/open-screen.ts';
import type { ScreenSource } from './screen/screen-source.ts';
import { followSupervisors } from './service-manager.ts';
import { servicesOf } from './services/index.ts';
import type { Service, TerminalParts } from './services/service.ts';
import { attendantFinder } from './staff/attendants.ts';
import { StaffDesk } from './staff/staff-desk.ts';
import { staffPinOf } from './staff/staff-pin.ts';
import { openStateFolder, type StateFolder } from './state-folder.ts';
import { sticksOf } from './sticks.ts';
import { headroom, SERVICE_HEADROOM_BYTES } from './store/disk.ts';
import { type Inspect, reportDroppedEvents } from './supervision.ts';
import { onlyOne, terminalMachineFor } from './terminal-machine.ts';
import { Venue } from './venue.ts';
import { SOFTWARE } from './version.ts';

/** How often levels that nobody announces are looked at: the list's age, the disk. */
const LOOK_EVERY_MS = 1_000;
/** To open again there must be more room than to stay open, or a disk at the limit would have the gate flap. */
const REOPEN_HEADROOM_BYTES = 1.25 * SERVICE_HEADROOM_BYTES;

export { DriverMissingError } from '../devices/open.ts';
export { KeyStoreError } from './keys/key-store.ts';
export { SealError } from './pki/seal-to-municipality.ts';
export { StateFolderError } from './state-folder.ts';
export { LedgerError } from './store/ledger.ts';

export interface TerminalOptions {
  /** Where the journal goes beside its kept file; null for nowhere. */
  readonly out: Writable | null;
  /** The folder of the screen's built pages; default: where this project builds them. */
  readonly pages?: string | undefined;
  /** Called when the platform wants the terminal to begin anew: the process should end in order, and be started again. */
  readonly onRestart: () => void;
  /** Called for what must not happen: the process should end and be started again. */
  readonly onDefect: (error: unknown) => void;
}

export interface RunningTerminal {
  /** What is shown, whether or not a browser shows it. */
  readonly screen: ScreenSource;
  /** Whether the machines that keep it going still do; how the devices are does not matter. */
  answers(): boolean;
  /** Tells the listener at once and on every change what stands in the way of serving, until it ends. */
  watchObstacles(listener: (obstacles: readonly Reason[]) => void): void;
  stop(signal: string): Promise<void>;
}

/**
 * Starts the terminal. Throws `StateFolderError` or `LedgerError` when its state folder can't be used, and
 * `DriverMissingError` when a driver is not installed, `KeyStoreError` when the seal of its keys can't be used.
 */
export async function startTerminal(
  configured: Config,
  options: TerminalOptions,
): Promise<RunningTerminal> {
  const startedAt = performance.now();
  const folder = openStateFolder(configured, options.out);
  const conditions = new Conditions();
  const roles = new Roles(configured, folder, conditions);
  const { config } = roles;
  const dropped = reportDroppedEvents((fields) => folder.recorder.note('event.dropped', fields));
  const { inspect, answer: answers } = followSupervisors(dropped);
  const keys = await OwnKeys.open(config);
  const metrics = await openMetrics(config, folder, inspect);
  const devices = await Devices.supervise(config, folder.recorder, conditions, inspect);
  const papers = new Papers(config.name, folder.recorder, devices.printer);
  const charges = new Charges(folder.recorder, () => devices.payment?.current ?? null);
  const { link, venue } = await openLinks(roles, folder, keys, inspect, () => looking.look());
  const own = { papers, charges, keyStore: keys.store, staffPin: staffPinOf(config, folder) };
  const services = servicesOf(config, partsOf(config, folder, devices, link, own));
  const lists = [...new Set(services.flatMap((service) => service.lists).concat(roles.lists))];
  const looking = lookAtLevels(config, services, folder, conditions, own);
  const recover = async (): Promise<void> => {
    settleEarlierRun(services, own, commands);
    announceLists(lists, folder);
    looking.look();
  };
  const checks = checksOf(folder, { config, reader: devices.card, keys, link, venue }, devices);
  const sticks = await sticksOf(config, folder, { link, roles }, options.onDefect);
  const desk = StaffDesk.of(config, folder, own, checks, sticks?.desk ?? null);
  const machine = terminalMachineFor(services, devices.card, conditions, recover, desk);
  const input = inputOf(config, services, desk);
  const actor = createActor(machine, { id: 'terminal', input, inspect });
  const ending = { ...options, quiet: (signal: AbortSignal) => quiet(actor, charges, signal) };
  const commands = commandsOf(folder, actor, () => checks([]), roles, ending);
  const screen = openScreen(config, {
    actor,
    service: onlyOne(services),
    staff: desk,
    isOffline: () => !link.isUp,
    remote: devices.remote,
    sound: await openVoice(config.screen ?? { voice: 'none' }),
    pages: options.pages,
    recorder: folder.recorder,
    inspect,
  });
  const about = aboutTerminal(config, devices, link, lists, startedAt);
  journalOf(actor, folder.recorder, options.onDefect, about);
  await keys.start(folder.recorder, inspect, link.usingKeys(lists));
  link.start(lists, (command) => commands.take(command));
  const retention = retentionOf(roles, folder, services, link, options.onDefect);
  roles.start(ending);
  await venue.start(onlyOne(services).marks ?? null);
  for (const each of [sticks?.watch, actor]) each?.start();
  return {
    answers,
    screen: screen.source,
    watchObstacles: (listener) => void conditions.watch(listener),
    async stop(signal) {
      folder.recorder.note('terminal.stopping', { signal });
      await Promise.all([retention.stop(), sticks?.watch.stop()]);
      for (const each of [looking, roles]) each.stop();
      stopServices(services);
      actor.send({ type: 'terminal.stop' });
      await Promise.all([devices.stop(papers), screen.stop(), link.stop(), commands.stop()]);
      await Promise.all([metrics?.close(), venue.stop()]);
      await keys.stop();
      await folder.close();
    },
  };
}

function stopServices(services: readonly Service[]): void {
  for (const { passages, stop } of services) {
    passages?.stop();
    stop?.();
  }
}

/** Runs from now on. */
function retentionOf(
  { config, held, lists }: Roles,
  { recorder, shelf, clock }: StateFolder,
  services: readonly Service[],
  link: LinkSupervisor,
  onDefect: (error: unknown) => void,
): Retention {
  const retention = new Retention({
    ...{ config: config.retention ?? RETENTION_DEFAULT, recorder, shelf, clock, onDefect },
    wanted: [...services.flatMap((service) => service.lists), ...lists],
    // What the terminal is configured to be decides by its own facts again one day.
    keeps: (subject) =>
      held !== null || services.some((service) => service.keeps?.(subject) ?? false),
    forget: (list) => link.forgetList(list),
  });
  retention.start();
  return retention;
}

/** The platform, and the other gates of the venue. */
async function openLinks(
  { config, held, lists }: Roles,
  folder: StateFolder,
  keys: OwnKeys,
  inspect: Inspect,
  onChange: () => void,
): Promise<{ readonly link: LinkSupervisor; readonly venue: Venue }> {
  let venue: Venue | null = null;
  const look = (): void => {
    onChange();
    venue?.look();
  };
  const parts = { ...folder, keyStore: keys.store, inspect, onChange: look };
  const link = await LinkSupervisor.open(config, parts);
  venue = new Venue({ config, folder, link, keeps: held === null ? [] : lists });
  return { link, venue };
}

function inputOf(
  { screen }: Config,
  services: readonly Service[],
  desk: StaffDesk | null,
): TerminalInput {
  return {
    hasStaff: desk?.takesPin ?? false,
    hasErrands: services.some(({ errands = [] }) => errands.length > 0),
    hasHome: onlyOne(services).home !== undefined,
    hasProgramme: services.some(({ programme }) => programme !== undefined),
    speaks: onlyOne(services).language?.chosen() ?? 'ja',
    sound: screen?.sound ?? 'normal',
  };
}

async function openMetrics(
  config: Config,
  folder: StateFolder,
  inspect: Inspect,
): Promise<Metrics | null> {
  if (config.metrics === undefined) return null;
  const { Metrics } = await import('./metrics.ts');
  return new Metrics(config, config.metrics.port, folder, inspect);
}

/** What checks are asked of, at the time of asking. */
type Asked = 'printer' | 'turnstile' | 'page' | 'hasPayment' | 'remote' | 'papers' | 'keys';

/** How the terminal is; `papers`: those that wait for staff. */
function checksOf(
  folder: StateFolder,
  parts: Omit<OwnParts, 'folder' | Asked> & {
    readonly keys: OwnKeys;
  },
  { receipt, turnstile, page, payment, remote }: Devices,
) {
  return async (papers: OwnParts['papers']): Promise<Check[]> => {
    const { ownChecks } = await import('./doctor/own-view.ts');
    return ownChecks({
      ...parts,
      folder,
      keys: parts.keys.level,
      printer: receipt?.current ?? null,
      turnstile,
      page: page?.current ?? null,
      hasPayment: payment?.current != null,
      remote,
      papers,
    });
  };
}

function commandsOf(
  { recorder, clock }: StateFolder,
  actor: Actor<typeof terminalMachine>,
  checks: () => Promise<Check[]>,
  roles: Roles,
  ending: RoleEnding,
): CommandRunner {
  return new CommandRunner({
    recorder,
    now: () => clock.now(),
    software: SOFTWARE,
    checks,
    idle: (signal) => idle(actor, signal),
    quiet: ending.quiet,
    restart: ending.onRestart,
    roles,
    way: { how: 'link' },
  });
}

/** What services are given. Devices and trust come and go: they are asked for at the time of use. */
function partsOf(
  config: Config,
  { clock, shelf, recorder, alerts }: StateFolder,
  { card, release, turnstile, page, payment, tvPower }: Devices,
  link: LinkSupervisor,
  own: Pick<TerminalParts, 'papers' | 'charges' | 'keyStore' | 'staffPin'>,
): TerminalParts {
  return {
    terminal: config.name,
    now: () => clock.now(),
    clockQuality: () => clock.quality(),
    reader: () => (card.isOpen ? card : null),
    trust: () => link.trust,
    revocationNow: onlineRevocation(config.ocsp, {
      trust: () => link.trust,
      now: () => clock.now(),
      isOnline: () => link.isUp,
      recorder,
    }),
    attendant: attendantFinder(config.staff?.attendant ?? []),
    listKeys: (list) => link.listKeys(list),
    institution: () => link.institution,
    identity: () => link.identity,
    isOnline: () => link.isOnline,
    ask: link.ask,
    fetchObject: link.fetchObject,
    signers: () => link.signers,
    handOut: release?.handOut ?? null,
    turnstile,
    wakeScreen: tvPower?.wake ?? null,
    pagePrinter: () => page?.current ?? null,
    pageCondition: () => page?.condition ?? null,
    paymentUnit: () => payment?.current ?? null,
    watchCard: (listener) => card.watch(listener),
    cardInField: () => card.present,
    watchStanding: (listener) => link.watchStanding(listener),
    alerts,
    shelf,
    recorder,
    ...own,
  };
}

/** Who it is, and with what it works. */
/** `ms`: since this process began to be a terminal. */
function aboutTerminal(
  { name, profile }: Config,
  { card, receipt }: Devices,
  link: LinkSupervisor,
  lists: readonly string[],
  startedAt: number,
): () => JournalFields {
  return () => ({
    terminal: name,
    profile,
    version: SOFTWARE,
    trust: link.trustOrigin,
    reader: card.isOpen ? card.name : undefined,
    receipt: receipt?.current?.name,
    list: lists.join(' ') || undefined,
    ms: Math.round(performance.now() - startedAt),
  });
}

function journalOf(
  actor: Actor<typeof terminalMachine>,
  recorder: Recorder,
  onDefect: (error: unknown) => void,
  about: () => JournalFields,
): void {
  actor.on('terminal.ready', ({ obstacles }) =>
    recorder.note('terminal.ready', { ...about(), reason: obstacles[0] }),
  );
  actor.on('service.in', () => recorder.note('terminal.in-service'));
  actor.on('service.out', ({ obstacles }) =>
    recorder.note('terminal.out-of-service', { reason: obstacles[0], obstacles }),
  );
  actor.on('staff.called', () => recorder.note('staff.called'));
  actor.on('card.ignored', ({ reason }) => recorder.note('card.ignored', { reason }));
  actor.on('terminal.defect', ({ error }) => onDefect(error));
  actor.subscribe({ error: onDefect });
}

/** Levels that change by themselves: a list grows old, a disk fills. */
function lookAtLevels(
  config: Config,
  services: readonly Service[],
  { recorder, shelf }: StateFolder,
  conditions: Conditions,
  { papers, charges }: Pick<TerminalParts, 'papers' | 'charges'>,
): { look(): void; stop(): void } {
  let full = false;
  const look = (): void => {
    for (const service of services) conditions.set(service.id, service.obstacle());
    const neededBytes = full ? REOPEN_HEADROOM_BYTES : SERVICE_HEADROOM_BYTES;
    let hasRoom = recorder.ledger.hasHeadroom(neededBytes);
    if (!hasRoom) {
      giveUpCopies(config.state, shelf);
      hasRoom = recorder.ledger.hasHeadroom(neededBytes);
    }
    if (hasRoom === full) {
      full = !hasRoom;
      const freeBytes = headroom(config.state);
      recorder.note(full ? 'disk.full' : 'disk.ok', { freeBytes, neededBytes });
    }
    if (!full) {
      papers.settleAbandoned();
      void charges.settleOpen();
    }
    const closes = full && !services.some(({ servesAlways = false }) => servesAlways);
    conditions.set('disk', closes ? 'disk-full' : null);
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return { look, stop: () => clearInterval(timer) };
}
