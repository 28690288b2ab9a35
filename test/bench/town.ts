/**
 * The bench group "town": the municipality's page with 60,000 residents and 60 shelters. How long all facts take to fold at a
 * start, a clerk's first rows, and from a durable arrival at a shelter until the count has reached a page. The floor of the last is
 * a bare `ws` server that sends as much to one client; what the page is told is bundled for up to 150 ms, and looked for each 100.
 */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import type { Shelter } from '../../platform-sim/evacuation/evacuee.ts';
import { inventResidents } from '../../platform-sim/evacuation/invented-residents.ts';
import { SHIOMI_DISTRICTS } from '../../platform-sim/evacuation/shiomi.ts';
import { TOWN_PROTOCOL, type ToTownPage } from '../../platform-sim/town/messages.ts';
import { Teller } from '../town/teller.ts';
import { PASSWORD, TownRig } from '../town/town-rig.ts';
import { type Bench, median, reportTimes } from './figures.ts';

const RESIDENTS = 60_000;
const QUICK_RESIDENTS = 5_000;
const SHELTERS = 60;
const ARRIVALS = 100;
const QUICK_ARRIVALS = 10;
const BUDGET_MS = 1_000;

function inventShelters(): Shelter[] {
  return Array.from({ length: SHELTERS }, (_, at) => ({
    ...{ id: `shelter-${at}`, name: `避難所 ${at}`, kana: 'ひなんじょ', english: `Shelter ${at}` },
    ...{
      address: '汐見市',
      capacity: 800,
      district: SHIOMI_DISTRICTS[at % 5]?.id ?? '',
      at: [134.6, 33.8] as const,
    },
  }));
}

export async function townBench({ report, quick }: Bench): Promise<void> {
  const count = quick ? QUICK_RESIDENTS : RESIDENTS;
  const entries = inventResidents({ count, districts: SHIOMI_DISTRICTS });
  const rig = await TownRig.open({ entries, shelters: inventShelters() });
  try {
    const people = [...rig.residents.all()].map(({ ref }) => ref);
    const [come, away] = [people.slice(0, count / 2), people.slice(count / 2)];
    tellMany(rig, come, away.slice(0, count / 4));
    const begun = performance.now();
    await rig.town.tick();
    const facts = count * 0.75;
    report({
      figure: 'town.fold',
      value: performance.now() - begun,
      unit: 'ms',
      people: count,
      facts,
    });
    await measurePage(rig, away.slice(count / 4), quick ? QUICK_ARRIVALS : ARRIVALS, report);
  } finally {
    await rig.close();
  }
}

/** Half of them are at shelters, a quarter has answered. */
function tellMany(rig: TownRig, come: readonly string[], answered: readonly string[]): void {
  const at = Date.now() - 3_600_000;
  const readers = Array.from({ length: SHELTERS }, (_, number) => new Teller(`bench-${number}`));
  readers.forEach((reader, number) => {
    const shelter = `shelter-${number}`;
    const own = come.filter((_, place) => place % SHELTERS === number);
    const told = own.map((ref, place) => ({
      ...{ event: 'shelter.arrived' as const, body: { shelter, ref }, at: at + place * 1_000 },
    }));
    reader.tellAll(rig.facts, told);
  });
  const told = answered.map((ref) => ({
    ...{ event: 'alert.answered' as const, body: { alert: 'A', ref, answer: 'leaving' }, at },
  }));
  new Teller('bench-televisions').tellAll(rig.facts, told);
}

async function measurePage(
  rig: TownRig,
  missing: readonly string[],
  arrivals: number,
  report: Bench['report'],
): Promise<void> {
  const server = await rig.serve();
  const { socket, heard } = await openPage(server.origin);
  const rows: number[] = [];
  const until = async (isThere: (message: ToTownPage) => boolean) => {
    while (!heard.some(isThere)) await delay(1);
  };
  for (let from = 0; from < 20; from += 1) {
    heard.length = 0;
    const begun = performance.now();
    const view = { district: '', search: '', from: from * 1_000, count: 20 };
    socket.send(JSON.stringify({ type: 'ask', id: from + 1, request: { do: 'view', view } }));
    await until(({ type }) => type === 'rows');
    rows.push(performance.now() - begun);
  }
  reportTimes(report, 'town.rows', rows, {});
  const times: number[] = [];
  let bytes = 0;
  for (const ref of missing.slice(0, arrivals)) {
    heard.length = 0;
    const safe = rig.town.shared.counts.safe + 1;
    const shelter = 'shelter-7';
    rig.tell('reader-7', 'shelter.arrived', { shelter, ref });
    const begun = performance.now();
    await until((message) => message.type === 'state' && message.parts.counts?.safe === safe);
    times.push(performance.now() - begun);
    bytes = Math.max(bytes, ...heard.map((message) => JSON.stringify(message).length));
  }
  socket.terminate();
  const floor = await bareMessage(bytes);
  reportTimes(report, 'town.arrival', times, { floor, bytes, budget: BUDGET_MS });
}

async function openPage(origin: string) {
  const headers = { 'content-type': 'application/json', origin };
  const body = JSON.stringify({ name: '大西', password: PASSWORD });
  const answer = await fetch(`${origin}/sign-in`, { method: 'POST', headers, body });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const url = `${origin.replace('http', 'ws')}/live`;
  const socket = new WebSocket(url, TOWN_PROTOCOL, { origin, headers: { cookie } });
  const heard: ToTownPage[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data)) as ToTownPage));
  await once(socket, 'open');
  return { socket, heard };
}

/** Median milliseconds of one message of so many bytes over a bare socket. */
async function bareMessage(bytes: number): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const text = 'x'.repeat(bytes);
  server.on('connection', (socket) => socket.on('message', () => socket.send(text)));
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, 'open');
  const times: number[] = [];
  for (let sent = 0; sent < 50; sent += 1) {
    const begun = performance.now();
    client.send('x');
    await once(client, 'message');
    times.push(performance.now() - begun);
  }
  client.terminate();
  server.close();
  return median(times);
}
