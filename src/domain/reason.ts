/**
 * Why a person was not served, or must do something more: one public table.
 *
 * A reason is an expected outcome, never an exception. Its code is part of the product's contract (journal, facts,
 * screens, docs/reasons.md) and is never renamed. What the person reads stands in src/text/.
 */

/** Who can change the outcome: the person at once, the person elsewhere, or only the staff. */
export type Remedy = 'hold-again' | 'go-elsewhere' | 'staff';

export interface ReasonEntry {
  /** What happened, for the people who run and write the software. */
  readonly cause: string;
  readonly remedy: Remedy;
}

export const REASONS = {
  'not-on-list': {
    cause: 'The certificate is valid, but no row of the entry list has its converted value.',
    remedy: 'go-elsewhere',
  },
  'already-entered': {
    cause: 'The row has already been used for an entry; the refusal names when and at which gate.',
    remedy: 'staff',
  },
  'not-passed': {
    cause:
      'The entry was granted and nobody walked through, as the turnstile or the attendant says; the ticket can be used again.',
    remedy: 'hold-again',
  },
  'ticket-cancelled': {
    cause: 'The organiser cancelled this ticket.',
    remedy: 'go-elsewhere',
  },
  'list-missing': {
    cause: 'The terminal has no entry list yet, so it can decide nothing.',
    remedy: 'staff',
  },
  'list-expired': {
    cause: 'The entry list is past the end of its validity, or not yet valid.',
    remedy: 'staff',
  },
  'list-damaged': {
    cause:
      "The row of this card does not open with the list key and the certificate, or the list's file is damaged and being mended.",
    remedy: 'staff',
  },
  'trust-missing': {
    cause:
      "The terminal has no authority's certificate yet, so it can verify no card: the platform names none, or what came is still being indexed.",
    remedy: 'staff',
  },
  'certificate-expired': {
    cause: "The certificate's notAfter has passed (RFC 5280 4.1.2.5).",
    remedy: 'go-elsewhere',
  },
  'certificate-not-yet-valid': {
    cause: "The certificate's notBefore lies ahead (RFC 5280 4.1.2.5).",
    remedy: 'go-elsewhere',
  },
  'certificate-revoked': {
    cause: 'The certificate is on the revocation list of the key that issued it (RFC 5280 5).',
    remedy: 'go-elsewhere',
  },
  'certificate-untrusted': {
    cause:
      'No configured anchor issued the certificate, its signature does not verify, or it has a critical extension that is not understood.',
    remedy: 'staff',
  },
  'certificate-not-for-authentication': {
    cause:
      'The certificate is genuine, but not a user-authentication certificate: policy, key usage, extended key usage or basic constraints differ.',
    remedy: 'staff',
  },
  'revocation-unknown': {
    cause:
      'The card is valid, but the revocation list of its issuer is missing or past its nextUpdate, and the configuration of the service asks for more.',
    remedy: 'staff',
  },
  'card-not-supported': {
    cause: 'The card has no JPKI application, or one without a user-authentication certificate.',
    remedy: 'hold-again',
  },
  'phone-not-supported': {
    cause: 'The token in the field is a phone, whose certificate opens only with its PIN.',
    remedy: 'hold-again',
  },
  'card-unreadable': {
    cause:
      'The card answered with something that is no answer: mute, wrong lengths, wrong status words, no certificate.',
    remedy: 'hold-again',
  },
  'card-removed': {
    cause: 'The card left the field before it was read, or another card took its place.',
    remedy: 'hold-again',
  },
  'possession-not-proved': {
    cause: 'The list or the service asks that the card proves its private key, and it did not.',
    remedy: 'staff',
  },
  'pin-blocked': {
    cause: 'The card takes no PIN any more: too many wrong ones were typed in a row.',
    remedy: 'go-elsewhere',
  },
  'platform-offline': {
    cause: 'This service asks the platform, and there is no contact with it.',
    remedy: 'staff',
  },
  'platform-slow': {
    cause: 'The platform did not answer in time; what it still answers is dropped.',
    remedy: 'hold-again',
  },
  'platform-refused': {
    cause: 'The platform refused the question, or its answer is not one.',
    remedy: 'staff',
  },
  'assurance-out-of-reach': {
    cause:
      'The list or the service asks for more than a card can show at this terminal: its proof, and there is no institution key; or the PIN, and nobody is asked for it here.',
    remedy: 'staff',
  },
  'receipt-unsettled': {
    cause:
      'The entry stands, but it is not known whether its receipt came out; staff has to say so first.',
    remedy: 'staff',
  },
  'disk-full': {
    cause: 'The terminal could not keep another fact safely, so it does not serve.',
    remedy: 'staff',
  },
  'release-lost': {
    cause: 'The line to the machine that hands things out is gone.',
    remedy: 'staff',
  },
  'payment-lost': {
    cause: 'The payment unit is gone, or does not answer.',
    remedy: 'staff',
  },
  'role-changing': {
    cause:
      'A signed order makes the terminal something else, or what it was again: it begins anew as soon as nobody is served.',
    remedy: 'staff',
  },
  'reader-lost': {
    cause: 'The card reader, or the service that drives it, is gone.',
    remedy: 'staff',
  },
  // Of a kiosk, and of the certificate centre.
  'outside-hours': {
    cause: 'The municipality does not issue this kind of certificate at this hour or on this day.',
    remedy: 'go-elsewhere',
  },
  maintenance: {
    cause: "The centre's or the municipality's systems are being maintained.",
    remedy: 'go-elsewhere',
  },
  'year-end': {
    cause: 'Nothing is issued from 29 December to 3 January.',
    remedy: 'go-elsewhere',
  },
  'municipality-not-taking-part': {
    cause: 'The municipality does not issue this kind of certificate at kiosks.',
    remedy: 'go-elsewhere',
  },
  'registration-missing': {
    cause: 'The municipality of the domicile has no usage registration of this person.',
    remedy: 'hold-again',
  },
  'registration-pending': {
    cause: 'The municipality has not decided on the application for usage registration yet.',
    remedy: 'go-elsewhere',
  },
  'registration-refused': {
    cause: 'The municipality refused the application for usage registration.',
    remedy: 'go-elsewhere',
  },
  'under-fifteen': {
    cause: 'Nothing is issued at kiosks to people under fifteen.',
    remedy: 'go-elsewhere',
  },
  'moving-out': {
    cause: 'Whoever has notified a move out of the municipality gets certificates at its counter.',
    remedy: 'go-elsewhere',
  },
  'counter-only': {
    cause:
      'The municipality issues this at its counter alone, protected persons among others; which is never told.',
    remedy: 'go-elsewhere',
  },
  'holder-deceased': {
    cause: 'The register says that the holder of the certificate has died.',
    remedy: 'go-elsewhere',
  },
  'filing-in-progress': {
    cause: 'A filing that changes the family register is being handled.',
    remedy: 'go-elsewhere',
  },
  'card-too-new': {
    cause: 'The card can be used from the day after its issue.',
    remedy: 'go-elsewhere',
  },
  'character-not-covered': {
    cause:
      "A character of the record has no glyph in the document's font; none is printed instead.",
    remedy: 'go-elsewhere',
  },
  'name-too-long': {
    cause: 'A name in the record does not fit into its space of the form.',
    remedy: 'go-elsewhere',
  },
  'not-recorded-there': {
    cause: 'The municipality has no record of this person.',
    remedy: 'hold-again',
  },
  'certificate-not-valid': {
    cause: 'The centre found the certificate of the card expired or revoked.',
    remedy: 'go-elsewhere',
  },
  'already-registered': {
    cause: 'This person is registered with this municipality already.',
    remedy: 'hold-again',
  },
  'application-refused': {
    cause: 'The application or its signature is not what the centre accepts.',
    remedy: 'hold-again',
  },
  'centre-stopped': {
    cause: 'The certificate centre does not issue at the moment.',
    remedy: 'go-elsewhere',
  },
  'centre-silent': {
    cause: 'The certificate centre did not answer within 30 seconds; nothing was charged.',
    remedy: 'hold-again',
  },
  'document-differs': {
    cause: 'The document, its manifest or a code on a page is not of this order: the kiosk stops.',
    remedy: 'staff',
  },
  'document-unusable': {
    cause:
      'The document is no PDF that may be printed: damaged, too large, too long or with scripts.',
    remedy: 'staff',
  },
  'kiosk-stopped': {
    cause: 'A document differed from its order; staff has to clear the kiosk with a reason.',
    remedy: 'staff',
  },
  'payment-declined': {
    cause: 'The payment unit refused the payment.',
    remedy: 'hold-again',
  },
  'payment-timeout': {
    cause: 'The fee was not paid in time.',
    remedy: 'hold-again',
  },
  'page-printer-lost': {
    cause: 'The printer of certificates does not answer.',
    remedy: 'staff',
  },
  'page-paper-out': {
    cause: 'The printer of certificates has no paper.',
    remedy: 'staff',
  },
  'page-jam': {
    cause: 'Paper is stuck in the printer of certificates.',
    remedy: 'staff',
  },
  'printing-unknown': {
    cause: 'It is not known whether a sheet came out; staff has to say so.',
    remedy: 'staff',
  },
  'order-cancelled': {
    cause: 'The person, or staff, withdrew the order.',
    remedy: 'hold-again',
  },
  'card-left-behind': {
    cause: 'A card stayed on the reader after its visit had ended.',
    remedy: 'staff',
  },
  'no-signing-certificate': {
    cause: 'The card has no certificate for digital signatures.',
    remedy: 'go-elsewhere',
  },
  'password-blocked': {
    cause:
      'The card takes no password of the signing certificate any more: too many wrong ones were typed in a row.',
    remedy: 'go-elsewhere',
  },
  'topology-differs': {
    cause:
      'Kiosk and centre are built for different arrangements of servers, so neither serves the other.',
    remedy: 'staff',
  },
  'not-in-register': {
    cause:
      'The register of the municipality that the television stands in does not have the holder of this card.',
    remedy: 'go-elsewhere',
  },
  'link-not-kept': {
    cause: 'The link could not be kept: the disk takes no fact, or the key store can not be used.',
    remedy: 'staff',
  },
  'television-full': {
    cause: 'As many people as one television calls are linked to it already.',
    remedy: 'hold-again',
  },
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof REASONS;
