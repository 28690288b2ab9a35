/** The table `[neighbours]` of the configuration: the other gates of the venue, or readers of the shelter. */

import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { isSecureUrl } from './link/connection.ts';
import type { Address } from './neighbours/dialler.ts';

const ADDRESS = /^(?<host>\[[0-9a-f:.]+\]|[a-z0-9.-]{1,253}):(?<port>\d{1,5})$/iu;
const GATES_MAX = 64;

const address = z
  .string()
  .refine((text) => addressOf(text) !== null, { error: 'an address like "10.0.20.11:8402"' })
  .transform((text) => addressOf(text) ?? { host: '', port: 0 });

export const NEIGHBOURS = z
  .strictObject({
    /** Where other gates call this one; an address that this machine has on the venue's network. */
    listen: address
      .refine(({ host }) => isOwnAddress(host), {
        error: 'an IP address of this machine on the network of the venue, and a port',
      })
      .optional(),
    /** Whom this one calls; it may be among them. */
    gates: z
      .array(address)
      .max(GATES_MAX, { error: `${GATES_MAX} gates at most` })
      .default([]),
    /** Who else is found on the network; being found proves nothing. */
    discover: z.literal('mdns').optional(),
  })
  .refine(({ listen, gates, discover }) => listen !== undefined || gates.length > 0 || discover, {
    error: 'expected "listen", "gates" or "discover"',
  })
  .optional();

/** They show each other the certificate of their enrolment, and tell of entries or of stays: both have to be there. */
export function checkNeighbours(
  { neighbours, platform, services }: Tables,
  context: z.RefinementCtx,
): void {
  if (neighbours === undefined) return;
  const problem = (message: string): void =>
    context.addIssue({ code: 'custom', path: ['neighbours'], message });
  if (!isSecureUrl(platform.url)) {
    problem('needs a terminal that is enrolled: [platform] "url" with wss://');
  }
  const { 'event-entry': entry, 'evacuation-shelter': shelter } = services;
  if (entry === undefined && shelter === undefined) {
    problem(
      'gates tell each other of entries, readers of a shelter of who is there: only beside [services.event-entry] or [services.evacuation-shelter]',
    );
  }
}

interface Tables {
  readonly neighbours?: object | undefined;
  readonly platform: { readonly url: string };
  readonly services: {
    readonly 'event-entry'?: object | undefined;
    readonly 'evacuation-shelter'?: object | undefined;
  };
}

function addressOf(text: string): Address | null {
  const { host = '', port = '' } = ADDRESS.exec(text)?.groups ?? {};
  const isV6 = host.startsWith('[');
  if (host === '' || Number(port) > 65_535 || (isV6 && !isIPv6(bare(host)))) return null;
  return { host, port: Number(port) };
}

/** Every network of the machine at once would be one too many. */
function isOwnAddress(host: string): boolean {
  return (isIPv4(host) && host !== '0.0.0.0') || (isIPv6(bare(host)) && bare(host) !== '::');
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/gu, '');
}
