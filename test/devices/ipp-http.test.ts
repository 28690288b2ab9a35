/** Printers that answer anything but what they are asked: each is refused, in bounded time, with words. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ippOverHttp } from '../../devices/page/ipp-http.ts';
import { openIppPrinter } from '../../devices/page/ipp-printer.ts';
import { SimPagePrinter } from '../../devices/page/sim-page-printer.ts';
import { print, sheetOf, TEST_TIMING } from './page-story.ts';

const nobody = { onCondition: () => undefined, onLost: () => undefined };
const IMPATIENT = { ...TEST_TIMING, query: 250, document: 250, silent: 250, ended: 250 };
/** For a printer that has to be in time at first. */
const LESS_PATIENT = { ...IMPATIENT, query: 1_500, document: 1_500 };

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function withServer(listener: RequestListener, story: (url: string) => Promise<void>) {
  const server = createServer(listener);
  const port = await listen(server);
  try {
    await story(`ipp://127.0.0.1:${port}/ipp/print`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const refuses = (url: string, why: string | RegExp, timing = TEST_TIMING) =>
  expect(openIppPrinter({ url, timing })(nobody)).rejects.toThrow(why);

describe.concurrent('a printer over HTTP', () => {
  test('is talked to by POST at its path, as RFC 8010 has it', async () => {
    const printer = new SimPagePrinter();
    const seen = new Set<string>();
    const serve: RequestListener = async (request, response) => {
      seen.add(`${request.method} ${request.url} ${request.headers['content-type']}`);
      const body = Buffer.concat(await request.toArray());
      response.setHeader('Content-Type', 'application/ipp').end(printer.answer(body));
    };
    await withServer(serve, async (url) => {
      const driver = await openIppPrinter({ url, timing: TEST_TIMING })(nobody);
      expect(await print(driver, sheetOf(1))).toEqual({ outcome: 'printed' });
      await driver.close();
    });
    expect([...seen]).toEqual(['POST /ipp/print application/ipp']);
  });

  test.each([
    ['garbage', Buffer.alloc(100, 0xee), 'no version of IPP'],
    ['HTML', Buffer.from('<html></html>'), 'no version of IPP'],
    ['nothing', Buffer.alloc(0), 'ends too soon'],
    [
      'the answer to another request',
      Buffer.from('020000000000270f0103', 'hex'),
      'another request',
    ],
    ['more than a printer has to say', Buffer.alloc(1_100_000, 0x01), 'more than an IPP printer'],
  ])('that answers %s is not opened', async (_, answer, why) => {
    await withServer(
      (_request, response) => response.end(answer),
      (url) => refuses(url, why),
    );
  });

  test.each([401, 404, 426, 500, 302])('that answers HTTP %i is not opened', async (status) => {
    const answer: RequestListener = (_request, response) =>
      response.writeHead(status, { Location: 'http://127.0.0.1:1/' }).end();
    await withServer(answer, (url) => refuses(url, `HTTP status ${status}`));
  });

  test('that says no in IPP is not opened', async () => {
    // server-error-internal-error, with the request's id.
    const answer: RequestListener = async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      response.end(
        Buffer.concat([Buffer.from('02000500', 'hex'), body.subarray(4, 8), Buffer.of(3)]),
      );
    };
    await withServer(answer, (url) => refuses(url, 'IPP status 0x0500'));
  });

  test('that never answers, drips bytes, or breaks off is left in time', async () => {
    await withServer(
      () => undefined,
      (url) => refuses(url, 'no answer in 250 ms', IMPATIENT),
    );
    const drip: RequestListener = (_request, response) => {
      const dripping = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(dripping));
    };
    await withServer(drip, (url) => refuses(url, 'no answer in 250 ms', IMPATIENT));
    const breaks: RequestListener = (_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('x', () => response.destroy());
    };
    await withServer(breaks, (url) => refuses(url, /broke off|ECONNRESET/u));
  });

  test('that is not there, or is something else altogether, is not opened', async () => {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket.on('error', () => socket.destroy()));
      socket.end('220 mail.example ESMTP\r\n');
    });
    const port = await listen(server);
    await refuses(`ipp://127.0.0.1:${port}/ipp/print`, /HPE_|ECONNRESET|Parse/u);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await refuses(`ipp://127.0.0.1:${port}/ipp/print`, 'ECONNREFUSED');
  });

  test('that falls silent under a sheet leaves it unknown, in time', async () => {
    const printer = new SimPagePrinter({ sheetMs: 60_000 });
    let isSilent = false;
    const serve: RequestListener = async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      if (!isSilent) response.end(printer.answer(body));
    };
    await withServer(serve, async (url) => {
      const driver = await openIppPrinter({ url, timing: LESS_PATIENT })(nobody);
      const outcome = await print(driver, sheetOf(1), () => {
        isSilent = true;
      });
      expect(outcome).toEqual({ outcome: 'unknown', reason: 'offline' });
      expect(await driver.outcomeOf(sheetOf(1), true)).toEqual(outcome);
      expect(await driver.purge(sheetOf(1).id)).toBe(false);
      await driver.close();
    });
  });

  test('is reached by IPv6, and at the port that stands in the address', async () => {
    await expect(ippOverHttp('ipp://[::1]:1/ipp/print')(Buffer.of(1), 5_000)).rejects.toThrow(
      /ECONNREFUSED|EADDRNOTAVAIL/u,
    );
  });
});
