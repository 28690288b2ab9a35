/**
 * Metrics in OpenMetrics text on the loopback address: what the journal says, counted, and the levels of the terminal at
 * the time of asking. docs/metrics.md lists them.
 *
 * One listener on the journal is all that feeds them, so nothing else in the daemon knows of metrics. No label holds
 * anything of a person, a card or a ticket, and each has a fixed set of values.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Counter, Gauge, Histogram, type MetricConfiguration, Registry } from 'prom-client';
import type { Config } from './config.ts';
import type { EventName } from './domain/events.ts';
import type { ClockQuality } from './domain/fact.ts';
import { REASONS } from './domain/reason.ts';
import type { JournalFields } from './journal.ts';
import { type Count, countNeighbours } from './neighbour-metrics.ts';
import { listUsed } from './service-config.ts';
import { OpenPapers } from './staff/open-papers.ts';
import type { StateFolder } from './state-folder.ts';
import { headroom } from './store/disk.ts';
import { type Inspect, type Supervisor, supervise } from './supervision.ts';
import { SOFTWARE } from './version.ts';

const LOOPBACK = '127.0.0.1';
const PATH = '/metrics';
const CONNECTIONS_MAX = 16;
const REQUEST_MS = 5_000;
/** A port that another program holds is tried again. */
const TRY_AGAIN_MS = 10_000;
/** Facts of an old ledger read in one go between two turns of the event loop. */
const FACTS_A_TURN = 500;

/** Seconds: from a lookup to a card that had to be held again. */
const TAP_BUCKETS = [0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5];
const PRINT_BUCKETS = [0.5, 1, 2, 3, 5, 10, 20];
const STAGES = ['detect', 'read', 'verify', 'prove', 'lookup', 'commit', 'total'] as const;
const CLOCK_QUALITIES: readonly ClockQuality[] = ['synced', 'holdover', 'unset'];

const TAP_OUTCOMES: Partial<Record<EventName, string>> = {
  'entry.granted': 'granted',
  'entry.refused': 'refused',
  'entry.left': 'left',
  'receipt.claimed': 'claimed',
  'card.unreadable': 'unreadable',
  'card.ignored': 'ignored',
};
const PRINT_OUTCOMES: Partial<Record<EventName, string>> = {
  'print.done': 'printed',
  'print.owed': 'owed',
  'print.unknown': 'unknown',
};

type OpenMetrics = Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>;

export class Metrics {
  readonly #registry: OpenMetrics = new Registry();
  readonly #folder: StateFolder;
  readonly #server: Server;
  readonly #supervisor: Supervisor;
  readonly #papers = new OpenPapers();
  #factsRead = 0;
  #closed = false;

  /** Listens as soon as it can: a port that is taken is journaled and tried again, and nobody waits for it. */
  constructor(config: Config, port: number, folder: StateFolder, inspect: Inspect) {
    this.#folder = folder;
    this.#registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    countJournal(this.#registry, folder, config);
    gaugeLevels(this.#registry, folder, config);
    gaugeProcess(this.#registry);
    this.#server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
    // What keeps it from listening is told by `open`; a connection that could not be taken ends no gate.
    this.#server.on('error', () => {});
    this.#supervisor = this.#listen(port, inspect);
    void this.#readPapers();
  }

  /** Must be closed before the state folder is. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#supervisor.stop();
  }

  #listen(port: number, inspect: Inspect): Supervisor {
    const { recorder } = this.#folder;
    return supervise(
      {
        open: async () => {
          this.#server.listen(port, LOOPBACK);
          await once(this.#server, 'listening');
        },
        close: async () => {
          if (!this.#server.listening) return;
          this.#server.close();
          this.#server.closeAllConnections();
          await once(this.#server, 'close');
        },
        onReady: () => {
          const address = this.#server.address() as AddressInfo;
          recorder.note('metrics.ready', { port: address.port });
        },
        onLost: (reason) => recorder.note('metrics.unavailable', { port, reason }),
      },
      inspect,
      () => TRY_AGAIN_MS,
    );
  }

  async #answer({ url = '', method = '' }: IncomingMessage, response: ServerResponse) {
    const [path] = url.split('?', 1);
    if (path !== PATH) return end(response, 404);
    if (method !== 'GET' && method !== 'HEAD') return end(response, 405, { Allow: 'GET, HEAD' });
    try {
      const text = await this.#registry.metrics();
      end(response, 200, { 'Content-Type': this.#registry.contentType }, text);
    } catch {
      // A disk or a ledger that can't be read is the terminal's trouble to tell, not a reader's to end it.
      end(response, 500);
    }
  }

  /** From the whole ledger once, a slice at a time, and from then on what came since. */
  async #readPapers(): Promise<void> {
    for (const fact of this.#folder.ledger.facts(0)) {
      this.#papers.take(fact);
      this.#factsRead = fact.seq;
      if (fact.seq % FACTS_A_TURN === 0) await nextTurn();
      if (this.#closed) return;
    }
    gauge(this.#registry, {
      name: 'kazasu_papers_waiting',
      help: 'Papers that wait for staff: owed, or of unknown outcome.',
      labelNames: ['state'],
      collect: (set) => {
        for (const fact of this.#folder.ledger.facts(this.#factsRead)) {
          this.#papers.take(fact);
          this.#factsRead = fact.seq;
        }
        for (const state of ['owed', 'unknown'] as const) {
          set({ state }, this.#papers.all.filter((paper) => paper.state === state).length);
        }
      },
    });
  }
}

function end(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  text = '',
): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function countJournal(registry: OpenMetrics, { recorder }: StateFolder, config: Config): void {
  const registers = [registry];
  const printers = (['receipt', 'page'] as const).filter((name) => config[name] !== undefined);
  const devices = ['reader', ...printers];
  const all: Count[] = [
    countTaps(registers),
    countPrints(registers),
    countDevices(registers, devices),
    countNeighbours(registers),
  ];
  const service = new Gauge({
    name: 'kazasu_in_service',
    help: '1 while nothing stands in the way of serving.',
    registers,
  });
  const outages = new Counter({
    name: 'kazasu_out_of_service_total',
    help: 'How often something stood in the way of serving, by the first of the reasons.',
    labelNames: ['reason'],
    registers,
  });
  const dropped = new Counter({
    name: 'kazasu_events_dropped_total',
    help: 'Events that no state had an answer for. Each is a defect.',
    registers,
  });
  all.push((event, fields) => {
    if (event === 'terminal.in-service') service.set(1);
    if (event === 'terminal.out-of-service') service.set(0);
    if (event === 'terminal.out-of-service') outages.inc({ reason: reasonOf(fields) });
    if (event === 'event.dropped') dropped.inc();
  });
  new Gauge({
    name: 'kazasu_build_info',
    help: 'Always 1; what runs here.',
    labelNames: ['version', 'profile', 'terminal'],
    registers,
  }).set({ version: SOFTWARE, profile: config.profile, terminal: config.name }, 1);
  recorder.watch((event, fields) => {
    for (const count of all) count(event, fields);
  });
}

function countTaps(registers: OpenMetrics[]): Count {
  const taps = new Counter({
    name: 'kazasu_taps_total',
    help: 'Cards that were held, by outcome, and for those that were not served the reason.',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const durations = new Histogram({
    name: 'kazasu_tap_duration_seconds',
    help: 'Time from the card in the field to the durable answer, by stage and in total.',
    labelNames: ['stage'],
    buckets: TAP_BUCKETS,
    registers,
  });
  const byStaff = new Counter({
    name: 'kazasu_staff_entries_total',
    help: 'People whom staff let in by the number of their ticket, without a card.',
    registers,
  });
  return (event, fields) => {
    const outcome = TAP_OUTCOMES[event];
    if (outcome === undefined) return;
    if (fields['by'] !== undefined) {
      byStaff.inc();
      return;
    }
    taps.inc({ outcome, reason: reasonOf(fields) });
    const ms = (fields['ms'] ?? {}) as Readonly<Record<string, unknown>>;
    for (const stage of STAGES) {
      const value = ms[stage];
      if (typeof value === 'number') durations.observe({ stage }, value / 1_000);
    }
  };
}

function countPrints(registers: OpenMetrics[]): Count {
  const prints = new Counter({
    name: 'kazasu_prints_total',
    help: 'Receipts, by what the printer said became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'kazasu_print_duration_seconds',
    help: "Time from the first byte to the printer's word that the paper came out.",
    buckets: PRINT_BUCKETS,
    registers,
  });
  return (event, fields) => {
    const outcome = PRINT_OUTCOMES[event];
    if (outcome !== undefined) prints.inc({ outcome });
    const { ms } = fields;
    if (event === 'print.done' && typeof ms === 'number') durations.observe(ms / 1_000);
  };
}

/** `devices`: those that are down until they say otherwise. */
function countDevices(registers: OpenMetrics[], devices: readonly string[]): Count {
  const up = new Gauge({
    name: 'kazasu_device_up',
    help: '1 while the device answers: reader, receipt, page, screen.',
    labelNames: ['device'],
    registers,
  });
  const losses = new Counter({
    name: 'kazasu_device_losses_total',
    help: 'How often the device was gone or did not answer.',
    labelNames: ['device'],
    registers,
  });
  const printer = new Gauge({
    name: 'kazasu_printer_ready',
    help: '1 while the receipt printer asks for no help (paper, cover).',
    registers,
  });
  const page = new Gauge({
    name: 'kazasu_page_printer_ready',
    help: '1 while the page printer asks for no help (paper, jam, cover, toner).',
    registers,
  });
  const link = new Gauge({
    name: 'kazasu_link_up',
    help: '1 while the platform is reached.',
    registers,
  });
  for (const device of devices) up.set({ device }, 0);
  return (event, fields) => {
    const device = String(fields['device']);
    if (event === 'device.ready') up.set({ device }, 1);
    if (event === 'device.lost') up.set({ device }, 0);
    if (event === 'device.lost') losses.inc({ device });
    if (event === 'device.condition') {
      const gauge = device === 'page' ? page : printer;
      gauge.set(fields['condition'] === 'ready' ? 1 : 0);
    }
    if (event === 'link.up') link.set(1);
    if (event === 'link.down') link.set(0);
  };
}

function gaugeLevels(registry: OpenMetrics, folder: StateFolder, config: Config): void {
  const { ledger, clock, shelf } = folder;
  const list = listUsed(config);
  gauge(registry, {
    name: 'kazasu_facts_waiting',
    help: 'Facts in the ledger that the platform does not hold yet.',
    collect: (set) => set({}, ledger.waiting()),
  });
  gauge(registry, {
    name: 'kazasu_list_age_seconds',
    help: 'Time since the platform last said that the list is the newest.',
    labelNames: ['list'],
    collect: (set) => {
      if (list === undefined) return;
      const active = shelf.active(list);
      if (active !== null) set({ list }, (clock.now() - active.confirmedAt) / 1_000);
    },
  });
  gauge(registry, {
    name: 'kazasu_list_version',
    help: 'The version of the list that decides.',
    labelNames: ['list'],
    collect: (set) => {
      if (list === undefined) return;
      const active = shelf.active(list);
      if (active !== null) set({ list }, active.manifest.version);
    },
  });
  gauge(registry, {
    name: 'kazasu_disk_headroom_bytes',
    help: 'What may still be written on the disk of the state folder.',
    collect: (set) => set({}, headroom(config.state)),
  });
  gauge(registry, {
    name: 'kazasu_clock_quality',
    help: '1 at the quality that the clock has: synced, holdover, unset.',
    labelNames: ['quality'],
    collect: (set) => {
      for (const quality of CLOCK_QUALITIES) set({ quality }, quality === clock.quality() ? 1 : 0);
    },
  });
}

/** Those of the usual names that cost nothing to know. */
function gaugeProcess(registry: OpenMetrics): void {
  const startedAt = Date.now() / 1_000 - process.uptime();
  const processor = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time that the daemon has used.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      processor.reset();
      processor.inc((user + system) / 1e6);
    },
  });
  gauge(registry, {
    name: 'process_resident_memory_bytes',
    help: 'Memory that the daemon holds.',
    collect: (set) => set({}, process.memoryUsage.rss()),
  });
  gauge(registry, {
    name: 'process_start_time_seconds',
    help: 'When the daemon started, in seconds since the epoch, by the machine.',
    collect: (set) => set({}, startedAt),
  });
}

type Set = (labels: Readonly<Record<string, string>>, value: number) => void;

/** A level that is looked at when somebody asks. */
function gauge(
  registry: OpenMetrics,
  {
    collect,
    ...settings
  }: Omit<MetricConfiguration<string>, 'collect'> & {
    readonly collect: (set: Set) => void;
  },
): void {
  const made: Gauge = new Gauge({
    ...settings,
    registers: [registry],
    collect() {
      made.reset();
      collect((labels, value) => made.set(labels, value));
    },
  });
}

/** One of the public table's reasons; empty when there is none. */
function reasonOf({ reason }: JournalFields): string {
  if (reason === undefined) return '';
  return Object.hasOwn(REASONS, String(reason)) ? String(reason) : 'other';
}
