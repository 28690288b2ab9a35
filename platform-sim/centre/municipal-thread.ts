/** A thread of issuing servers: registers, font and typesetter stay warm in it, and the platform's own loop stays free. */

import { parentPort } from 'node:worker_threads';
import { Coverage } from '../municipality/coverage.ts';
import { issueDocument, obstacleTo } from '../municipality/issue.ts';
import { OPTIONS } from '../municipality/obstacles.ts';
import { Registers } from '../municipality/registers.ts';
import type { Call, CallName, MunicipalCalls, Said } from './municipal-calls.ts';
import type { Wanted } from './municipalities.ts';

type Answers = {
  readonly [Name in CallName]: (
    asked: MunicipalCalls[Name]['asked'],
  ) => MunicipalCalls[Name]['said'];
};

const registers = new Registers();
const coverage = await Coverage.open();

const ANSWERS: Answers = {
  link({ record, der }) {
    registers.linkHolder(record, der);
    return null;
  },
  residenceOf: ({ certificate }) =>
    registers.residentOf(certificate)?.household.municipality ?? null,
  obstaclesTo: ({ wanted, certificate, at }) =>
    wanted.map((each) => obstacle(each, certificate, at)),
  otherHolder: ({ wanted, certificate, at }) =>
    registers.otherHolders(certificate).find((other) => obstacle(wanted, other, at) === null) ??
    null,
  issue: ({ request, key }) => issueDocument(request, { registers, coverage, keyOf: () => key }),
};

/** For the first of the document's options: the others show more of the same record. */
function obstacle({ municipality, document }: Wanted, certificate: string, at: number) {
  const [option = 'plain'] = OPTIONS[document];
  return obstacleTo({ document, municipality, option, certificate, at }, { registers, coverage });
}

function answer<Name extends CallName>({ id, name, asked }: Call<Name>): Said {
  try {
    return { id, said: ANSWERS[name](asked) };
  } catch (error) {
    return { id, failed: (error as Error).name };
  }
}

parentPort?.on('message', (call: Call) => parentPort?.postMessage(answer(call)));
