/** One person's application for usage registration: the effects of state-machines/usage-registration.ts. */

import { createHash, randomUUID } from 'node:crypto';
import type { CardReader, SigningOutcome } from '../../devices/card/card.ts';
import type {
  Applied,
  Listed,
  Recorded,
  Signing,
} from '../../state-machines/usage-registration-setup.ts';
import { type CardEvidence, withCard } from '../card-evidence.ts';
import { askValidCard } from '../card-steps.ts';
import { askCentre } from '../centre.ts';
import type { StepResult } from '../domain/answer.ts';
import { applicationReceipt } from '../domain/application-receipt.ts';
import type { RegistrationForm } from '../domain/municipal-certificate.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import type { SensedTap } from '../domain/tap.ts';
import {
  APPLY_ANSWER,
  type Application,
  CERTIFICATE_SERVICES,
  MUNICIPALITIES_ANSWER,
  OWN_TOPOLOGY,
} from '../link/certificate-protocol.ts';
import type { PlannedPaper } from '../papers.ts';
import type { PinVault } from '../pin-vault.ts';
import { type ContentToSign, contentToSign, signedContent } from '../pki/signed-content.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';

const GO_ON: StepResult = { next: 'go-on' };
/** After that the receipt is said to follow: its person goes on. */
const RECEIPT_MS_MAX = 8_000;

interface Prepared {
  readonly form: RegistrationForm;
  readonly toSign: ContentToSign;
}

export class RegistrationVisit {
  readonly #parts: TerminalParts;
  readonly #vault: PinVault;
  /** Of the application, for its whole life: applied for once, however often it is asked. */
  readonly #id = randomUUID();
  #names: ReadonlyMap<string, string> = new Map();
  #evidence: CardEvidence | null = null;
  #prepared: Prepared | null = null;
  #signed: Buffer | null = null;
  #received: { readonly number: string; readonly expected: string } | null = null;
  #detail: string | null = null;

  constructor(parts: TerminalParts, vault: PinVault) {
    this.#parts = parts;
    this.#vault = vault;
  }

  async municipalities(signal: AbortSignal): Promise<Listed> {
    const asked = await askCentre(
      this.#parts,
      {
        id: randomUUID(),
        service: CERTIFICATE_SERVICES.municipalities,
        body: JSON.stringify({ topology: OWN_TOPOLOGY }),
        answer: MUNICIPALITIES_ANSWER,
        card: null,
      },
      signal,
    );
    if (asked.answer === null) return this.#notListed(asked.reason, asked.detail);
    const { topology, municipalities } = asked.answer;
    if (JSON.stringify(topology) !== JSON.stringify(OWN_TOPOLOGY)) {
      return this.#notListed('topology-differs', topology.profile);
    }
    this.#names = new Map(municipalities.map(({ code, name }) => [code, name]));
    return {
      listed: municipalities.map(({ familyRegister, resident: _, ...known }) => ({
        ...known,
        takesPart: familyRegister.open || familyRegister.reason !== 'municipality-not-taking-part',
      })),
    };
  }

  /** Also the card of this visit that was taken away and put back; any other one is sent away. */
  async readCard({ tap }: SensedTap): Promise<StepResult> {
    return this.#withCard(async (reader) => {
      if (this.#parts.trust().anchors === 0) return this.#refuse('trust-missing');
      const before = this.#evidence;
      const shown = await askValidCard(this.#parts, reader, tap);
      if (shown.refused !== null) return this.#refuse(shown.refused, shown.detail);
      const { evidence } = shown;
      if (before !== null && !Buffer.from(before.certificate).equals(evidence.certificate)) {
        return { next: 'hold-again', reason: 'card-removed' };
      }
      if ((await reader.signingTriesLeft(tap)) === null) {
        return this.#refuse('no-signing-certificate');
      }
      this.#evidence = evidence;
      return GO_ON;
    });
  }

  async prepare({ form }: Signing): Promise<void> {
    const { certificate } = present(this.#evidence, 'evidence');
    const asked = present(form, 'form');
    const at = new Date(this.#parts.now());
    const application: Application = {
      kind: 'usage-registration',
      id: this.#id,
      terminal: this.#parts.terminal,
      ...asked,
      authentication: createHash('sha256').update(certificate).digest('hex'),
      at: at.toISOString(),
    };
    const content = Buffer.from(JSON.stringify(application), 'utf8');
    this.#prepared = { form: asked, toSign: contentToSign(content, at) };
  }

  countTries({ tap }: SensedTap): Promise<StepResult> {
    return this.#withCard(async (reader) => {
      const tries = await reader.signingTriesLeft(tap);
      return tries === null ? this.#refuse('no-signing-certificate') : { next: 'pin', tries };
    });
  }

  sign({ tap }: SensedTap): Promise<StepResult> {
    return this.#withCard(async (reader) => {
      const { certificate: authCertificate } = present(this.#evidence, 'evidence');
      const { toSign } = present(this.#prepared, 'application');
      const { message } = toSign;
      const outcome = await this.#vault.take((password) =>
        reader.signApplication(tap, { password, authCertificate, message }),
      );
      return this.#signedWith(outcome, toSign);
    });
  }

  async apply(signal: AbortSignal): Promise<Applied> {
    const application = present(this.#signed, 'signature').toString('base64');
    const asked = await askCentre(
      this.#parts,
      {
        id: this.#id,
        service: CERTIFICATE_SERVICES.apply,
        body: JSON.stringify({ application }),
        answer: APPLY_ANSWER,
        card: present(this.#evidence, 'evidence'),
      },
      signal,
    );
    if (asked.answer === null) {
      this.#detail = asked.detail;
      return { applied: null, reason: asked.reason };
    }
    if (asked.answer.result === 'refused') return { applied: null, reason: asked.answer.reason };
    const { number, expected } = asked.answer;
    this.#received = { number, expected };
    return { applied: this.#received };
  }

  /** What cannot be kept is at the centre all the same, and its person is told so without a paper. */
  async record(): Promise<Recorded> {
    const { number, expected } = present(this.#received, 'answer');
    const { form } = present(this.#prepared, 'application');
    const about = { request: this.#id, municipality: form.municipality, number };
    let planned: PlannedPaper | null = null;
    try {
      this.#parts.recorder.record(
        [{ event: 'registration.applied', subject: this.#id, body: about }],
        {
          steps: (steps) => {
            planned = this.#parts.papers.plan(steps, this.#id, { request: this.#id });
          },
        },
      );
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      return { receipt: 'owed' };
    }
    const { paper, reissue } = present<PlannedPaper>(planned, 'paper');
    const receipt = applicationReceipt({
      paper,
      reissue,
      municipality: this.#names.get(form.municipality) ?? '',
      number,
      expected,
      at: this.#parts.now(),
    });
    const printing = this.#parts.papers.print(present<PlannedPaper>(planned, 'paper'), receipt);
    const limit = new Promise<'owed'>((resolve) =>
      setTimeout(resolve, RECEIPT_MS_MAX, 'owed').unref(),
    );
    return { receipt: (await Promise.race([printing, limit])) === 'printed' ? 'printed' : 'owed' };
  }

  /** What was typed, read and signed is not known any more. */
  async forget(reason: Reason | null): Promise<void> {
    const service = CERTIFICATE_SERVICES.apply;
    const detail = this.#detail ?? undefined;
    if (reason !== null) this.#parts.recorder.note('service.refused', { service, reason, detail });
    this.#vault.wipe();
    this.#evidence = null;
    this.#prepared = null;
    this.#signed = null;
    this.#received = null;
  }

  #signedWith(outcome: SigningOutcome, toSign: ContentToSign): StepResult {
    switch (outcome.result) {
      case 'signed':
        this.#signed = signedContent(toSign, outcome);
        return GO_ON;
      case 'wrong-pin':
        return this.#wrong(outcome.triesLeft);
      case 'blocked':
        return this.#wrong(0);
      case 'no-signing-certificate':
        return this.#refuse('no-signing-certificate');
      case 'not-signed':
        return this.#refuse('possession-not-proved', outcome.detail);
    }
  }

  #wrong(tries: number): StepResult {
    this.#parts.recorder.note('pin.wrong', { service: CERTIFICATE_SERVICES.apply, tries });
    return { next: 'pin', tries };
  }

  #notListed(reason: Reason, detail: string | null): Listed {
    this.#detail = detail;
    return { listed: null, reason };
  }

  #refuse(reason: Reason, detail: string | null = null): StepResult {
    this.#detail = detail;
    return { next: 'refuse', reason };
  }

  #withCard(work: (reader: CardReader) => Promise<StepResult>): Promise<StepResult> {
    return withCard(this.#parts.reader(), work, (_, detail) => {
      this.#detail = detail;
    });
  }
}
