/** What a municipality's list of residents says of each of them beside what every row says. */

/** What a shelter may know of a resident. */
export interface EvacueeData {
  readonly kana: string;
  /** What they agreed to have passed on when they are in need; without their word, nothing. */
  readonly consented?: ConsentedData;
}

/** In the words of whoever wrote it down; what was not said is absent. */
export interface ConsentedData {
  /** When they agreed, YYYY-MM-DD: its age is shown with it. */
  readonly at: string;
  readonly bloodType?: string;
  readonly allergies?: string;
  readonly medication?: string;
  readonly contact?: string;
}
