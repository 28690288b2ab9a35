/** The running platform: a websocket for terminals, objects over HTTP beside it, and a watch on its own files. */

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type ClientRefusal, LIMITS, REFUSED_HEADER, SUBPROTOCOLS } from '../src/link/protocol.ts';
import { AlertDesk } from './alerts/alert-desk.ts';
import { AlertNews } from './alerts/telling.ts';
import { Centre, type CentreParts } from './centre/centre.ts';
import { JoinedMunicipalities, type JoinedParts } from './centre/joined-municipalities.ts';
import { framesFor, newestCommand } from './commanding.ts';
import { EmbeddedFactLog } from './embedded-fact-log.ts';
import { EvacueeStandings } from './evacuation/evacuee-standings.ts';
import { Heads } from './heads.ts';
import { InputError } from './input-error.ts';
import { LocalFanOut } from './local-fan-out.ts';
import { OCSP_PATH, serveOcsp } from './ocsp-http.ts';
import type { OcspResponder } from './ocsp-responder.ts';
import { connectionsFor, openFilesLimit } from './open-files.ts';
import { TerminalQuestions } from './questions.ts';
import { RemovedFacts } from './removed-facts.ts';
import { RootNews } from './root-news.ts';
import { OTHER_SIDES, type OtherSides } from './services/index.ts';
import { judgeApplication } from './signed-application.ts';
import type { PlatformKeys } from './signing.ts';
import { openKeys, openStores, type Stores, tellAnnouncements } from './stores.ts';
import type { LinkSettings } from './terminal-session.ts';
import { type PlatformLog, type TellCommands, TerminalLinks } from './terminals.ts';
import { createSecureServer, type Identify, identifyBy } from './tls.ts';
import { addTrust } from './trust.ts';

const HOST = '127.0.0.1';
/** As many as come at once are to wait in the system, not to be told that nobody is there; it allows 4,096 by default. */
const BACKLOG = 4_096;
const SAID_AGAIN_MS = 10_000;
const TERMINALS_PATH = '/terminals';
const OBJECT_PATH = /^\/objects\/([0-9a-f]{64})$/u;
/** How often the files are looked at for what the command line changed. */
const WATCH_MS = 200;

const HTTP_LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;
/** A download that takes no byte for so long is over. */
const IDLE_MS = 30_000;

export interface PlatformSettings extends Partial<LinkSettings> {
  readonly stateDirectory: string;
  /** 0: chosen by the system. */
  readonly port: number;
  /** Where enrolled terminals are served, by TLS; 0: chosen by the system; absent: nowhere. */
  readonly tlsPort?: number | undefined;
  /** Of each port. Default: as many as this process may have files open, and 16,384 at most. */
  readonly connectionsMax?: number;
  /** Answers under /ocsp; without it, there is no such address. */
  readonly ocsp?: OcspResponder | undefined;
  readonly log?: PlatformLog;
  /** Who answers what services ask; default: those of this folder. */
  readonly otherSides?: OtherSides;
  readonly centre?: Partial<
    Pick<CentreParts, 'municipalities' | 'judge' | 'clerkAfterMs' | 'lateMs'> &
      Pick<JoinedParts, 'allHours'>
  >;
}

export interface Platform {
  /** Where terminals connect that are not enrolled. */
  readonly url: string;
  readonly port: number;
  /** Where terminals enrol and enrolled ones connect; null without a port for TLS. */
  readonly secureUrl: string | null;
  readonly centre: Centre;
  readonly alertDesk: AlertDesk;
  /** Has this terminal ask again how the people are whom it calls; of one that is not connected, nothing follows. */
  pokeStanding(terminal: string): Promise<void>;
  /** The same stores that the commands use, for programs that run the platform in their own process. */
  readonly stores: Stores & { readonly keys: PlatformKeys };
  /** Ends every connection, then the server; resolves when the files are closed. */
  close(): Promise<void>;
}

/** Starts the platform on 127.0.0.1. Rejects with InputError when the port is taken. */
export async function startPlatform(settings: PlatformSettings): Promise<Platform> {
  const { helloMs = 5_000, log = () => {}, otherSides = OTHER_SIDES } = settings;
  const stores = openStores(settings.stateDirectory);
  const { facts, held, register, residents, plans, terminals } = stores;
  const serve: RequestListener = (request, response) => serveObject(stores, request, response);
  const server = plainServer(settings.ocsp, serve);
  const { keys, heads } = await prepareHeads(settings.stateDirectory, stores);
  const commands: TellCommands = (terminal, after) =>
    framesFor(stores.registry, terminal, Date.now(), after);
  const centre = openCentre(settings, { ...stores, keys }, log);
  const standings = new EvacueeStandings(settings.stateDirectory, {
    ...{ feed: facts, residents, plans, now: Date.now },
  });
  const questions = new TerminalQuestions({
    ...{ register, residents, standings, centre, held, removed: new RemovedFacts() },
    ...{ now: Date.now, otherSides, log },
  });
  const ports = settings.tlsPort === undefined ? 1 : 2;
  const { connectionsMax = connectionsFor(openFilesLimit(), ports) } = settings;
  const fanOut = new LocalFanOut();
  const alerts = new AlertNews(stores.alerts, fanOut, Date.now);
  const links = new TerminalLinks(
    {
      ...{ facts: new EmbeddedFactLog(facts), fanOut, heads, keys, terminals, questions, log },
      ...{ commands, tellAlerts: alerts.tell },
    },
    linkSettings(settings, connectionsMax),
  );
  acceptTerminals(server, links, () => null);
  const identify = identifyBy(terminals, log);
  const secure = createSecureServer(HTTP_LIMITS, {
    ...{ keys, terminals, serve, identify, log, handshakeMs: helloMs },
  });
  acceptTerminals(secure, links, identify);
  const servers = settings.tlsPort === undefined ? [server] : [server, secure];
  for (const each of servers) limitConnections(each, connectionsMax, log);
  const news = { roots: new RootNews(keys, fanOut, log), alerts, standings };
  const watch = watchLists({ ...stores, keys }, heads, fanOut, centre, news, log);
  const shutDown = async () => {
    const closed = servers.map((each) => new Promise((resolve) => each.close(resolve)));
    await watch.stop();
    await links.close();
    for (const each of servers) each.closeAllConnections();
    await Promise.all(closed);
    await centre.close();
    standings.close();
    stores.close();
  };
  const listening = listenAt(settings, server, secure);
  const { port, tlsPort } = await listening.catch(async (error: unknown) => {
    await shutDown();
    throw error;
  });
  let closing: Promise<void> | null = null;
  return {
    url: `ws://${HOST}:${port}${TERMINALS_PATH}`,
    port,
    secureUrl: tlsPort === null ? null : `wss://${HOST}:${tlsPort}${TERMINALS_PATH}`,
    centre,
    alertDesk: deskAt({ ...stores, keys }, news),
    pokeStanding: (terminal) => fanOut.publish({ terminal }, { about: 'evacuation' }),
    stores: { ...stores, keys },
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

/** Whoever comes when there is nearly no room is still told so; only beyond that does nobody answer. */
function linkSettings(settings: PlatformSettings, connectionsMax: number): LinkSettings {
  const { beatMs = 2_000, helloMs = 5_000, slowMs = 500 } = settings;
  const { sessionsMax = Math.ceil(connectionsMax * 0.95) } = settings;
  return { beatMs, helloMs, slowMs, sessionsMax };
}

function openCentre(
  { centre: { allHours = false, ...centre } = {} }: PlatformSettings,
  { centre: books, register, facts, keys }: Platform['stores'],
  log: PlatformLog,
): Centre {
  const now = Date.now;
  return new Centre({
    ...{ books, register, facts, keys, log, now },
    municipalities: new JoinedMunicipalities({ holders: books.holders, keys, now, allHours }),
    judge: judgeApplication,
    clerkAfterMs: null,
    ...centre,
  });
}

async function prepareHeads(stateDirectory: string, { registry }: Stores) {
  const keys = await openKeys(stateDirectory);
  // Before the first import, too, terminals are told what there is to trust: nothing.
  await addTrust(registry, keys, { ca: [], crl: [] }, Date.now());
  const heads = new Heads(registry, keys);
  await heads.refresh(Date.now());
  return { keys, heads };
}

/** Where terminals connect that are not enrolled. */
function plainServer(ocsp: OcspResponder | undefined, serve: RequestListener): Server {
  return createServer(HTTP_LIMITS, (request, response) =>
    ocsp !== undefined && request.url === OCSP_PATH
      ? serveOcsp(ocsp, request, response)
      : serve(request, response),
  );
}

interface News {
  readonly roots: RootNews;
  readonly alerts: AlertNews;
}

function deskAt(stores: Platform['stores'], { roots, alerts }: News): AlertDesk {
  const { alerts: store, keys, plans } = stores;
  const onSigned = async (): Promise<void> => {
    await roots.publish();
    await alerts.publish();
  };
  return new AlertDesk({ store, keys, plans, now: Date.now, onSigned });
}

/** Returns the ports. */
async function listenAt(settings: PlatformSettings, server: Server, secure: Server) {
  const port = await listen(server, settings.port, '--port');
  if (settings.tlsPort === undefined) return { port, tlsPort: null };
  return { port, tlsPort: await listen(secure, settings.tlsPort, '--tls-port') };
}

/** Returns the port. */
async function listen(server: Server, port: number, option: string): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ port, host: HOST, backlog: BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return (server.address() as AddressInfo).port;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EACCES' ? 'may not be used by this user' : 'is taken';
    throw new InputError(`port ${port} of ${HOST} ${why}; choose another with ${option} (0: any)`);
  }
}

/** Whoever comes when there are as many as there may be is cut off unheard; whoever runs the platform has to know. */
function limitConnections(server: Server, connectionsMax: number, log: PlatformLog): void {
  server.maxConnections = connectionsMax;
  server.setTimeout(IDLE_MS);
  let saidAt = Number.NEGATIVE_INFINITY;
  server.on('drop', () => {
    if (performance.now() - saidAt < SAID_AGAIN_MS) return;
    saidAt = performance.now();
    log('platform.full', { connections: server.maxConnections });
  });
}

function acceptTerminals(
  server: Server,
  links: TerminalLinks,
  identify: Identify | (() => null),
): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => SUBPROTOCOLS.find((each) => offered.has(each)) ?? false,
  });
  sockets.on('wsClientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refusal = upgradeRefusal(request);
    if (refusal) return refuseUpgrade(socket, refusal);
    const client = identify(socket);
    if (typeof client === 'string') return refuseClient(socket, client);
    sockets.handleUpgrade(request, socket, head, (websocket) => links.accept(websocket, client));
  });
}

/** Null, or the HTTP status line for a request that is no terminal's. */
function upgradeRefusal({ url, headers }: IncomingMessage): string | null {
  if (url !== TERMINALS_PATH) return '404 Not Found';
  // Only browsers send it, and a page from elsewhere must not become a terminal through a browser on this machine.
  if (headers.origin !== undefined) return '403 Forbidden';
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return SUBPROTOCOLS.some((each) => offered.includes(each)) ? null : '400 Bad Request';
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.once('finish', () => socket.destroy());
}

/** With the time: a terminal that trusts this server may be refused because its clock is wrong. */
function refuseClient(socket: Duplex, why: ClientRefusal): void {
  const lines = [`${REFUSED_HEADER}: ${why}`, `Date: ${new Date().toUTCString()}`];
  refuseUpgrade(socket, ['403 Forbidden', ...lines].join('\r\n'));
}

function serveObject(
  { registry, centre }: Stores,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const sha256 = OBJECT_PATH.exec(request.url ?? '')?.[1];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
    return;
  }
  const published = sha256 && registry.object(sha256);
  const bytes = published || (sha256 && centre.issues.document(sha256));
  if (!bytes) {
    response.writeHead(404, { 'cache-control': 'no-store' }).end();
    return;
  }
  response
    .writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': bytes.length,
      // The name is the hash of the content, so what is cached is right for ever; documents are no cache's business.
      'cache-control': published ? 'public, max-age=31536000, immutable' : 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(request.method === 'HEAD' ? undefined : bytes);
}

/** Signs and pushes heads when another process changed a list or the root, and when a statement grows old. */
function watchLists(
  stores: Platform['stores'],
  heads: Heads,
  fanOut: LocalFanOut,
  centre: Centre,
  { roots, alerts, standings }: News & { readonly standings: EvacueeStandings },
  log: PlatformLog,
) {
  let refreshing: Promise<void> | null = null;
  let commanded = newestCommand(stores.registry);
  let terminalsMark = stores.terminals.changeMark();
  const refresh = async () => {
    await centre.tick();
    tellAnnouncements(stores);
    await roots.publish();
    const mark = stores.terminals.changeMark();
    if (mark !== terminalsMark) await fanOut.publish('all', { about: 'standing' });
    terminalsMark = mark;
    const fresh = await heads.refresh(Date.now());
    for (const { list, version, isNew } of fresh) {
      if (isNew) log('list.published', { list, version });
    }
    const lists = fresh.map(({ list }) => list);
    if (lists.length > 0) await fanOut.publish('all', { about: 'lists', lists });
    const newest = newestCommand(stores.registry);
    if (newest > commanded) await fanOut.publish('all', { about: 'commands', after: commanded });
    commanded = newest;
    await alerts.publish();
    for (const terminal of await standings.tick(fanOut.terminals())) {
      await fanOut.publish({ terminal }, { about: 'evacuation' });
    }
  };
  const timer = setInterval(() => {
    refreshing ??= refresh().finally(() => {
      refreshing = null;
    });
  }, WATCH_MS);
  return {
    async stop() {
      clearInterval(timer);
      await refreshing;
    },
  };
}
