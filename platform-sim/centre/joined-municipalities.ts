/** The municipalities that have joined the centre, their issuing servers in threads of their own. */

import { Worker } from 'node:worker_threads';
import { MUNICIPALITIES } from '../municipality/municipalities.ts';
import { Registers } from '../municipality/registers.ts';
import type { PlatformKeys } from '../signing.ts';
import type { Holders } from './holders.ts';
import type { Call, CallName, MunicipalCalls, Said } from './municipal-calls.ts';
import type { Applied, IssueRequest, Municipalities, Office, Wanted } from './municipalities.ts';
import type { Schedule } from './service-hours.ts';

const THREADS = 2;
/** A thread that says nothing for so long is ended: what it was asked fails, and the next call starts another one. */
const SILENT_MS = 20_000;

/** As signing certificates write a day: 昭和55年1月1日. */
const ERAS = { 明治: 1867, 大正: 1911, 昭和: 1925, 平成: 1988, 令和: 2018 } as const;
const ERA_DAY = /^(明治|大正|昭和|平成|令和)(元|\d{1,2})年(\d{1,2})月(\d{1,2})日$/u;

/** For demonstrations: whoever tries it out at night is served, too. */
const ALL_HOURS: Schedule = {
  hours: { days: 'every-day', from: '00:00', to: '24:00' },
  closedAtYearEnd: false,
  maintenance: [],
};

export interface JoinedParts {
  /** They serve at every hour of every day; default: as each has it. */
  readonly allHours?: boolean;
  readonly holders: Holders;
  readonly keys: Pick<PlatformKeys, 'issuer'>;
  readonly now: () => number;
}

/** What the registers say without anybody's certificate: for clerks. */
export class RegisterRecords {
  readonly #registers = new Registers();

  recordFor({ holder, ...applied }: Applied): string | null {
    const birth = dayOfEra(holder.birth);
    if (birth === null) return null;
    return this.#registers.find({ ...applied, holder: { name: holder.name, birth } });
  }

  hasRecord(record: string): boolean {
    return this.#registers.has(record);
  }
}

export class JoinedMunicipalities extends RegisterRecords implements Municipalities {
  readonly offices: readonly Office[];
  readonly #parts: JoinedParts;
  readonly #links = new Map<string, Buffer>();
  readonly #threads: Thread[] = [];
  #heard = 0;

  constructor(parts: JoinedParts) {
    super();
    this.#parts = parts;
    const always = parts.allHours ? { familyRegister: ALL_HOURS, resident: ALL_HOURS } : {};
    this.offices = MUNICIPALITIES.map((office) => ({ ...office, ...always }));
  }

  link(record: string, der: Buffer): void {
    if (this.#links.get(record)?.equals(der)) return;
    this.#links.set(record, der);
    for (const thread of this.#threads) void thread.ask('link', { record, der });
  }

  residenceOf(certificate: string): Promise<string | null> {
    return this.#thread().ask('residenceOf', { certificate });
  }

  obstaclesTo(wanted: readonly Wanted[], certificate: string) {
    return this.#thread().ask('obstaclesTo', { wanted, certificate, at: this.#parts.now() });
  }

  otherHolder({ municipality, document }: Wanted, certificate: string): Promise<string | null> {
    const wanted = { municipality, document };
    return this.#thread().ask('otherHolder', { wanted, certificate, at: this.#parts.now() });
  }

  issue(request: IssueRequest) {
    const key = this.#parts.keys.issuer(request.municipality)?.key ?? null;
    return this.#thread().ask('issue', { request, key });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  /** The one with the least to do; started when there is none yet, or one has ended. */
  #thread(): Thread {
    this.#hear();
    for (const [at, thread] of [...this.#threads.entries()].reverse()) {
      if (thread.hasEnded) this.#threads.splice(at, 1);
    }
    const [idle] = this.#threads.toSorted((one, other) => one.waiting - other.waiting);
    if (idle !== undefined && (idle.waiting === 0 || this.#threads.length === THREADS)) return idle;
    const thread = new Thread();
    for (const [record, der] of this.#links) void thread.ask('link', { record, der });
    this.#threads.push(thread);
    return thread;
  }

  /** Whom a command has told of meanwhile. */
  #hear(): void {
    const { upto, holders } = this.#parts.holders.since(this.#heard);
    this.#heard = upto;
    for (const { record, der } of holders) this.link(record, der);
  }
}

class Thread {
  readonly #worker = new Worker(new URL('./municipal-thread.ts', import.meta.url));
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #timer: NodeJS.Timeout | null = null;
  #last = 0;
  hasEnded = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', (said: Said) => this.#take(said));
    this.#worker.on('error', () => this.#end());
    this.#worker.on('exit', () => this.#end());
  }

  get waiting(): number {
    return this.#open.size;
  }

  ask<Name extends CallName>(
    name: Name,
    asked: MunicipalCalls[Name]['asked'],
  ): Promise<MunicipalCalls[Name]['said']> {
    const answer = Promise.withResolvers<MunicipalCalls[Name]['said']>();
    // A link that fails is asked for again with the next thread.
    answer.promise.catch(() => {});
    this.#last += 1;
    this.#open.set(this.#last, answer as PromiseWithResolvers<unknown>);
    const call: Call<Name> = { id: this.#last, name, asked };
    this.#worker.postMessage(call);
    this.#watch();
    return answer.promise;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(said: Said): void {
    const answer = this.#open.get(said.id);
    this.#open.delete(said.id);
    if ('failed' in said) answer?.reject(new Error(`an issuing server failed: ${said.failed}`));
    else answer?.resolve(said.said);
    this.#watch();
  }

  /** From the last word on. */
  #watch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#open.size === 0) return;
    this.#timer = setTimeout(() => void this.close(), SILENT_MS).unref();
  }

  #end(): void {
    this.hasEnded = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const answer of this.#open.values()) answer.reject(new Error('an issuing server ended'));
    this.#open.clear();
  }
}

/** YYYY-MM-DD; null for what is no day. */
function dayOfEra(text: string): string | null {
  const found = ERA_DAY.exec(text.normalize('NFKC'));
  if (found === null) return null;
  const [, era, year, month = '', date = ''] = found;
  const common = ERAS[era as keyof typeof ERAS] + (year === '元' ? 1 : Number(year));
  return [common, month.padStart(2, '0'), date.padStart(2, '0')].join('-');
}
