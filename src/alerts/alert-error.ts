/** Why something that was handed over as an alert is none; nothing is shown of it. */

/** The `reason` of the journal's `alert.rejected`, besides those of a signed object (src/pki/cms-signed-data.ts). */
export type AlertFault =
  | 'too-large'
  /** Not well-formed, or not UTF-8. */
  | 'not-xml'
  /** A document type, an entity, a processing instruction, a reference to something outside. */
  | 'external'
  /** Another language of XML, or another version of CAP. */
  | 'not-cap-1.2'
  /** CAP, but not as docs/alerts.md has it. */
  | 'malformed'
  | 'unknown-level'
  | 'no-japanese'
  /** Test, System, Draft; Ack, Error: not for people. */
  | 'not-for-people'
  /** Of another municipality than this terminal's. */
  | 'foreign'
  | 'expired'
  | 'not-yet-valid'
  /** It changes something that was sent no earlier than itself. */
  | 'replayed'
  /** What it says was changed since, or is over. */
  | 'superseded'
  /** Another document has its identifier. */
  | 'twice'
  | 'too-many';

/** `message` says what is wrong in words, and quotes nothing of the document. */
export class AlertError extends Error {
  override readonly name = 'AlertError';
  readonly fault: AlertFault;
  constructor(fault: AlertFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
