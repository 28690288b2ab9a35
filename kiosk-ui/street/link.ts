/** The page's line to the street: the state as signals, and requests. When the street ends, the page comes back by itself. */

import { signal } from '@preact/signals';
import {
  STREET_PROTOCOL,
  type StreetState,
  type ToPage,
} from '../../platform-sim/street/messages.ts';
import type { FromPage, Request } from '../../platform-sim/street/requests.ts';

const RETRY_MS = 1_000;
const REQUEST_MS_MAX = 4_000;

/** Null until the street has said something. */
export const street = signal<StreetState | null>(null);
/** False: the street's process is gone. */
export const connected = signal(true);
/** What was answered to whoever asked something by name. */
export const said = signal<{ readonly of: string; readonly text: string } | null>(null);
/** What could not be done, in the street's own words; empty when all went well. */
export const refusal = signal('');

let socket: WebSocket | null = null;
let asked = 0;
let wanted: { readonly of: string; readonly id: number } | null = null;

export function connect(): void {
  const token = document.querySelector<HTMLMetaElement>('meta[name="kazasu-token"]')?.content;
  const url = new URL('/street', location.href.replace(/^http/u, 'ws'));
  socket = new WebSocket(url, [STREET_PROTOCOL, `token.${token}`]);
  socket.addEventListener('message', ({ data }) => hear(JSON.parse(String(data)) as ToPage));
  socket.addEventListener('close', () => {
    connected.value = false;
    void comeBack();
  });
}

/** `of`: under which name `said` has the answer; without it nobody wants to know. */
export function ask(request: Request, of: string | null = null): void {
  if (socket?.readyState !== WebSocket.OPEN) return;
  refusal.value = '';
  asked += 1;
  wanted = of === null ? null : { of, id: asked };
  const message: FromPage = { type: 'ask', id: asked, request };
  socket.send(JSON.stringify(message));
}

function hear(message: ToPage): void {
  switch (message.type) {
    case 'state':
      street.value = { ...(street.value as StreetState), ...message.parts };
      break;
    case 'failed':
      if (message.id === asked) refusal.value = message.why;
      break;
    case 'done':
      if (message.id === wanted?.id) said.value = { of: wanted.of, text: message.text };
      break;
  }
}

/** A new street has a new token, which comes with its page. */
async function comeBack(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    const signal = AbortSignal.timeout(REQUEST_MS_MAX);
    const answer = await fetch('/', { method: 'HEAD', cache: 'no-store', signal }).catch(
      () => null,
    );
    if (answer?.ok) break;
  }
  location.reload();
}
