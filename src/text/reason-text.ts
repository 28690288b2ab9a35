/** The words of a reason, in each language. */

/** Says whether the card is harmed, why the person is not served, and what to do next. */
export interface ReasonText {
  readonly title: string;
  readonly card: string;
  readonly why: string;
  /** May mention how to get to help, which the operator may have put in better words. */
  readonly next: (given: { readonly information: string }) => string;
}
