/** The page's line to the server: who is signed in, the town as signals, and questions. It comes back by itself. */

import { signal } from '@preact/signals';
import {
  type FromTownPage,
  type RowShown,
  SIGNED_OUT,
  TOWN_PROTOCOL,
  type ToTownPage,
  type TownAnswer,
  type TownState,
  type ViewAsked,
} from '../../platform-sim/town/messages.ts';
import type { TownRequest } from '../../platform-sim/town/requests.ts';
import { setClock } from './clock.ts';

const RETRY_MS = 1_000;

/** `unknown`: it is not known yet whether somebody is. */
export const signedIn = signal<'unknown' | 'no' | 'yes'>('unknown');
/** Null until the server has said something. */
export const town = signal<TownState | null>(null);
/** False: what is shown is as it was at `lastHeard`. */
export const connected = signal(true);
export const lastHeard = signal(0);
/** GeoJSON, as text; null: not there yet. */
export const map = signal<string | null>(null);
/** When nothing is done until then, nobody is signed in any more (`Date.now()`). */
export const endsAt = signal<number | null>(null);

export interface Rows {
  readonly view: ViewAsked;
  readonly total: number;
  readonly order: readonly string[];
  readonly rows: ReadonlyMap<string, RowShown>;
}
export const rows = signal<Rows | null>(null);

let socket: WebSocket | null = null;
let view: ViewAsked | null = null;
let asked = 0;
let heard = 0;
const waiting = new Map<
  number,
  { readonly resolve: (answer: TownAnswer) => void; readonly reject: (error: Error) => void }
>();

/** Looks whether this browser is signed in. */
export async function enter(): Promise<void> {
  const answer = await fetch('/session', { cache: 'no-store' }).catch(() => null);
  if (answer === null) {
    connected.value = false;
    setTimeout(() => void enter(), RETRY_MS);
  } else if (answer.status === 200) {
    signedIn.value = 'yes';
    connect();
    map.value ??= await fetch('/map').then((found) => (found.ok ? found.text() : null));
  } else {
    leave();
  }
}

/** Resolves with what is wrong, for people; null: nothing. */
export async function signIn(name: string, password: string): Promise<string | null> {
  const answer = await post('/sign-in', { name, password }).catch(() => null);
  if (answer?.ok) {
    await enter();
    return null;
  }
  if (answer?.status === 429) {
    const wait = answer.headers.get('retry-after') ?? '30';
    return `続けてまちがえたため、あと${wait}秒は入れません。`;
  }
  if (answer?.status === 401) return '名前かパスワードがちがいます。';
  if (answer === null) return 'サーバーにつながりません。';
  return 'いま混んでいます。もう一度お試しください。';
}

export async function signOut(): Promise<void> {
  await post('/sign-out', {}).catch(() => null);
  leave();
}

/** Resolves with the table, or null when it could not be had. */
export async function tableOf(what: object): Promise<Blob | null> {
  const answer = await post('/csv', what).catch(() => null);
  return answer?.ok ? answer.blob() : null;
}

/** Rejects with an error whose message is for the clerk. */
export function ask(request: TownRequest): Promise<TownAnswer> {
  return new Promise((resolve, reject) => {
    if (socket?.readyState !== WebSocket.OPEN) {
      reject(new Error('サーバーとの接続が切れています。'));
      return;
    }
    asked += 1;
    endsAt.value = null;
    waiting.set(asked, { resolve, reject });
    const message: FromTownPage = { type: 'ask', id: asked, request };
    socket.send(JSON.stringify(message));
  });
}

/** What the list is of from now on, also after a loss of the line. */
export function look(wanted: ViewAsked): void {
  view = wanted;
  void ask({ do: 'view', view: wanted }).catch(() => undefined);
}

function post(path: string, said: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(said) });
}

function connect(): void {
  heard = 0;
  const own = new WebSocket(new URL('/live', location.href.replace(/^http/u, 'ws')), TOWN_PROTOCOL);
  socket = own;
  own.addEventListener('message', ({ data }) => {
    if (socket === own) hear(own, JSON.parse(String(data)) as ToTownPage);
  });
  own.addEventListener('close', ({ code }) => {
    if (socket !== own) return;
    socket = null;
    for (const { reject } of waiting.values()) reject(new Error('接続が切れました。'));
    waiting.clear();
    if (code === SIGNED_OUT) return leave();
    connected.value = false;
    setTimeout(() => void enter(), RETRY_MS);
  });
}

function hear(own: WebSocket, message: ToTownPage): void {
  heard += 1;
  // Something was missed: begin anew, with everything.
  if (message.n !== heard) {
    own.close();
    return;
  }
  lastHeard.value = Date.now();
  switch (message.type) {
    case 'state':
      setClock(message.now);
      if (message.n === 1) {
        connected.value = true;
        town.value = message.parts as TownState;
        if (view !== null) look(view);
      } else if (Object.keys(message.parts).length > 0) {
        town.value = { ...(town.value as TownState), ...message.parts };
      }
      break;
    case 'rows':
      takeRows(message);
      break;
    case 'idle':
      endsAt.value = Date.now() + message.leftMs;
      break;
    case 'done':
      waiting.get(message.id)?.resolve(message.answer);
      waiting.delete(message.id);
      break;
    case 'failed':
      waiting.get(message.id)?.reject(new Error(message.why));
      waiting.delete(message.id);
      break;
  }
}

function takeRows(message: Extract<ToTownPage, { type: 'rows' }>): void {
  const { view: of, total, order, rows: fresh } = message;
  const known = new Map(rows.value?.rows);
  for (const row of fresh) known.set(row.ref, row);
  const shown = order.flatMap((ref) => {
    const row = known.get(ref);
    return row === undefined ? [] : [[ref, row] as const];
  });
  rows.value = { view: of, total, order, rows: new Map(shown) };
}

/** Nothing personal stays behind. */
function leave(): void {
  const own = socket;
  socket = null;
  own?.close();
  town.value = null;
  rows.value = null;
  endsAt.value = null;
  view = null;
  connected.value = true;
  signedIn.value = 'no';
}
