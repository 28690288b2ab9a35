/** The operations of IPP that printing a sheet takes, each one request and its checked reply. */

import { A4, type JobView, ONE_SIDED, OPERATION, PDF, STATUS, viewOfJob } from './ipp.ts';
import type { IppExchange } from './ipp-http.ts';
import {
  decodeMessage,
  encodeMessage,
  GROUP,
  type IppAttribute,
  type IppAttributes,
  type IppMessage,
  TAG,
} from './ipp-message.ts';

/** In milliseconds, from the first byte of a request to the last of its reply. */
export interface IppLimits {
  readonly query: number;
  readonly document: number;
}

/** The printer answered, and not as asked. */
export class IppRefusedError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`it answered with IPP status 0x${status.toString(16).padStart(4, '0')}`);
    this.status = status;
  }
}

const USER = 'kazasu';
const REQUEST_ID_MAX = 0x7fff_ffff;
const PRINTER_ATTRIBUTES = [
  'printer-name',
  'printer-make-and-model',
  'printer-uuid',
  'printer-state',
  'printer-state-reasons',
  'printer-is-accepting-jobs',
  'media-ready',
  'queued-job-count',
];
const CAPABILITY_ATTRIBUTES = [
  'operations-supported',
  'document-format-supported',
  'media-supported',
  'sides-supported',
  'color-supported',
];
const JOB_ATTRIBUTES = ['job-id', 'job-name', 'job-state', 'job-impressions-completed'];

/** Every operation rejects with an Error whose message is for people: no answer, no IPP, or an `IppRefusedError`. */
export class IppClient {
  readonly #uri: string;
  readonly #exchange: IppExchange;
  readonly #limits: IppLimits;
  #requestId = 0;

  constructor(uri: string, exchange: IppExchange, limits: IppLimits) {
    this.#uri = uri;
    this.#exchange = exchange;
    this.#limits = limits;
  }

  /** `all`: what it can do, too, which does not change while it is on. */
  async printer(all = false): Promise<IppAttributes> {
    const wanted = all ? [...PRINTER_ATTRIBUTES, ...CAPABILITY_ATTRIBUTES] : PRINTER_ATTRIBUTES;
    const reply = await this.#ask(OPERATION.getPrinterAttributes, [
      attribute('requested-attributes', TAG.keyword, ...wanted),
    ]);
    return groupsOf(reply, GROUP.printer)[0] ?? new Map();
  }

  /**
   * Every job that the printer still knows, ended or not, of whoever sent it. What has not ended is asked for first, and
   * what has only then: a job that ends meanwhile is told twice. The other way round, or both at once, it is told by
   * neither answer, and a sheet that came out is taken for one that nobody ever sent.
   */
  async jobs(): Promise<JobView[]> {
    const open = await this.#jobsThat('not-completed');
    const ended = await this.#jobsThat('completed');
    const views = [...open, ...ended].flatMap((job) =>
      job === null ? [] : [[job.id, job] as const],
    );
    // The later word counts.
    return [...new Map(views).values()];
  }

  async #jobsThat(which: 'not-completed' | 'completed'): Promise<(JobView | null)[]> {
    const reply = await this.#ask(OPERATION.getJobs, [
      attribute('requested-attributes', TAG.keyword, ...JOB_ATTRIBUTES),
      attribute('which-jobs', TAG.keyword, which),
    ]);
    return groupsOf(reply, GROUP.job).map(viewOfJob);
  }

  /** Null when the printer does not know it. */
  async job(id: number): Promise<JobView | null> {
    try {
      const reply = await this.#ask(OPERATION.getJobAttributes, [
        attribute('job-id', TAG.integer, id),
        attribute('requested-attributes', TAG.keyword, ...JOB_ATTRIBUTES),
      ]);
      const [attributes] = groupsOf(reply, GROUP.job);
      return attributes === undefined ? null : viewOfJob(attributes);
    } catch (error) {
      const isUnknown =
        error instanceof IppRefusedError &&
        (error.status === STATUS.notFound || error.status === STATUS.gone);
      if (isUnknown) return null;
      throw error;
    }
  }

  /**
   * An empty job, which prints nothing. Only what the printer knows is asked for, and then insisted on
   * (`ipp-attribute-fidelity`).
   */
  async createJob(name: string, sides: readonly string[]): Promise<number> {
    const oneSided = sides.includes(ONE_SIDED) ? [attribute('sides', TAG.keyword, ONE_SIDED)] : [];
    const reply = await this.#ask(
      OPERATION.createJob,
      [
        attribute('job-name', TAG.name, name),
        attribute('ipp-attribute-fidelity', TAG.boolean, true),
      ],
      [attribute('copies', TAG.integer, 1), attribute('media', TAG.keyword, A4), ...oneSided],
    );
    const id = groupsOf(reply, GROUP.job)[0]?.get('job-id')?.[0];
    if (typeof id !== 'number') throw new Error('it made a job and told no number');
    return id;
  }

  async sendDocument(id: number, pdf: Uint8Array): Promise<void> {
    await this.#ask(
      OPERATION.sendDocument,
      [
        attribute('job-id', TAG.integer, id),
        attribute('document-format', TAG.mimeType, PDF),
        attribute('last-document', TAG.boolean, true),
      ],
      [],
      pdf,
    );
  }

  /** Resolves, too, when the job has ended already. */
  async cancelJob(id: number): Promise<void> {
    try {
      await this.#ask(OPERATION.cancelJob, [attribute('job-id', TAG.integer, id)]);
    } catch (error) {
      if (!(error instanceof IppRefusedError && error.status === STATUS.notPossible)) throw error;
    }
  }

  async #ask(
    operation: number,
    attributes: readonly IppAttribute[],
    ofJob: readonly IppAttribute[] = [],
    data?: Uint8Array,
  ): Promise<IppMessage> {
    this.#requestId = (this.#requestId % REQUEST_ID_MAX) + 1;
    const requestId = this.#requestId;
    const [target, ...others] = splitJobId(attributes);
    const body = encodeMessage({
      code: operation,
      requestId,
      groups: [
        {
          tag: GROUP.operation,
          // RFC 8011 4.1.4.1: these two first; then what the operation is about.
          attributes: [
            attribute('attributes-charset', TAG.charset, 'utf-8'),
            attribute('attributes-natural-language', TAG.language, 'en'),
            attribute('printer-uri', TAG.uri, this.#uri),
            ...target,
            attribute('requesting-user-name', TAG.name, USER),
            ...others.flat(),
          ],
        },
        ...(ofJob.length === 0 ? [] : [{ tag: GROUP.job, attributes: ofJob }]),
      ],
      data,
    });
    const limit = data === undefined ? this.#limits.query : this.#limits.document;
    const reply = decodeMessage(await this.#exchange(body, limit));
    if (reply.requestId !== requestId) throw new Error('it answered another request');
    if (reply.code > STATUS.okMax) throw new IppRefusedError(reply.code);
    return reply;
  }
}

function splitJobId(
  attributes: readonly IppAttribute[],
): [readonly IppAttribute[], readonly IppAttribute[]] {
  const isJobId = ({ name }: IppAttribute) => name === 'job-id';
  return [attributes.filter(isJobId), attributes.filter((each) => !isJobId(each))];
}

function attribute(
  name: string,
  tag: IppAttribute['tag'],
  ...values: readonly (number | string | boolean)[]
): IppAttribute {
  return { name, tag, values };
}

function groupsOf({ groups }: IppMessage, wanted: number): IppAttributes[] {
  return groups.filter(({ tag }) => tag === wanted).map(({ attributes }) => attributes);
}
