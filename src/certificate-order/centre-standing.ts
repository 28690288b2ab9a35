/**
 * How this kiosk stands with the certificate centre: whether the two are built for each other, asked whenever the link is
 * up anew and now and then, and what is open today. Before that is known, nobody is served (Takamatsu 2024).
 */

import { randomUUID } from 'node:crypto';
import { askCentre } from '../centre.ts';
import type { Openness } from '../domain/kiosk-screen.ts';
import type { Reason } from '../domain/reason.ts';
import {
  CERTIFICATE_SERVICES,
  MUNICIPALITIES_ANSWER,
  type MunicipalitiesAnswer,
  OWN_TOPOLOGY,
} from '../link/certificate-protocol.ts';
import type { TerminalParts } from '../services/service.ts';
import type { CertificatesOf } from './order-card.ts';

/** Hours change at full minutes. */
const ASK_EVERY_MS = 60_000;
/** After a question that was not answered. */
const ASK_AGAIN_MS = 5_000;
const ANSWER_MS = 10_000;

type Municipalities = MunicipalitiesAnswer['municipalities'];
type Standing = 'unknown' | 'same' | 'differs';

export class CentreStanding {
  readonly #parts: TerminalParts;
  #standing: Standing = 'unknown';
  #municipalities: Municipalities = [];
  #wasOnline = false;
  #askAt = 0;
  #isAsking = false;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
  }

  /** To be called now and then: asks when it is time to. What stands in the way of serving; null: nothing. */
  obstacle(): Reason | null {
    const isOnline = this.#parts.isOnline();
    if (isOnline && !this.#wasOnline) {
      this.#standing = 'unknown';
      this.#askAt = 0;
    }
    this.#wasOnline = isOnline;
    if (!isOnline) return 'platform-offline';
    if (!this.#isAsking && performance.now() >= this.#askAt) void this.#ask();
    if (this.#standing === 'same') return null;
    return this.#standing === 'differs' ? 'topology-differs' : 'centre-silent';
  }

  /** Of all municipalities together: until when one of them serves, or why none does; null before it is known. */
  openness(of: CertificatesOf): Openness {
    const services = this.#municipalities.map((each) =>
      of === 'family' ? each.familyRegister : each.resident,
    );
    const until = services.flatMap((service) => (service.open ? [service.until] : []));
    const latest = until.sort().at(-1);
    if (latest !== undefined) return { open: true, until: latest };
    const closed = services.flatMap((service) => (service.open ? [] : [service]));
    const [first] = closed.toSorted((a, b) => (a.from ?? '~').localeCompare(b.from ?? '~'));
    return first ?? null;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    const asked = await askCentre(
      this.#parts,
      {
        id: randomUUID(),
        service: CERTIFICATE_SERVICES.municipalities,
        body: JSON.stringify({ topology: OWN_TOPOLOGY }),
        answer: MUNICIPALITIES_ANSWER,
        card: null,
      },
      AbortSignal.timeout(ANSWER_MS),
    );
    this.#isAsking = false;
    this.#askAt = performance.now() + (asked.answer === null ? ASK_AGAIN_MS : ASK_EVERY_MS);
    // Silence changes nothing that is known of this link.
    if (asked.answer === null) return;
    const { build, profile } = asked.answer.topology;
    const isSame = build === OWN_TOPOLOGY.build && profile === OWN_TOPOLOGY.profile;
    this.#standing = isSame ? 'same' : 'differs';
    this.#municipalities = asked.answer.municipalities;
  }
}
