/**
 * The key process: the only one that has the PKCS#11 module in it. A module can wait for its token for seconds, crash, or
 * never come back; then this process is killed, and the daemon goes on. It lives and dies with the daemon that forked it.
 */

import { fromToken, TokenError } from './pkcs11-errors.ts';
import type { KeyReply, KeyRequest, KeyTask, KeyTasks } from './pkcs11-messages.ts';
import { Token } from './pkcs11-token.ts';

let token: Token | null = null;

type Doing = { [Task in KeyTask]: (ask: KeyTasks[Task]['ask']) => unknown };

const DO: Doing = {
  async open({ pin, ...place }) {
    try {
      token = await Token.open(place, pin);
    } finally {
      pin.fill(0);
    }
  },
  generate: ({ label }) => opened().generate(label),
  find: ({ label }) => opened().find(label),
  sign: (key) => opened().sign(key, key.data),
  mac: (key) => opened().mac(key, key.data),
  keep: ({ label, kind, key }) => opened().keep(label, kind, key),
  unwrap: ({ label, wrapped, recipient }) => opened().unwrap(label, wrapped, recipient),
  forget: ({ label }) => opened().forget(label),
};

function opened(): Token {
  if (token === null) throw new TokenError('the token is not open', { lost: true });
  return token;
}

async function answer({ id, task, ask }: KeyRequest): Promise<KeyReply> {
  try {
    const done = await (DO[task] as (what: typeof ask) => unknown)(ask);
    return { id, done: (done ?? null) as KeyTasks[KeyTask]['done'] };
  } catch (error) {
    const known = fromToken(error);
    // Not the token's doing: the process ends aloud, and the daemon hears of it.
    if (!(known instanceof TokenError)) throw error;
    const { message: problem, lost, pinRefused } = known;
    return { id, problem, lost, pinRefused };
  }
}

process.on('message', (request) => {
  void answer(request as KeyRequest).then((reply) => {
    // Undeliverable only when the daemon is gone, and then `disconnect` ends this process.
    process.send?.(reply, undefined, {}, () => undefined);
  });
});
process.on('disconnect', () => {
  token?.close();
  process.exit(0);
});
