/** What a terminal is asked to be for a while in the place of what it is configured to be. */

/** The reader of a shelter: what `[services.evacuation-shelter]` says, and for whom that is sealed which names people. */
export interface ShelterRole {
  readonly role: 'shelter';
  /** As the municipality calls it in its lists. */
  readonly shelter: string;
  /** As people call it. */
  readonly name: string;
  /** People. */
  readonly capacity: number;
  /** The municipality's list of residents. */
  readonly list: string;
  /** Code of the municipality. */
  readonly municipality: string;
  /** The municipality's certificate, DER, base64. */
  readonly certificate: string;
  /** ISO 8601 in UTC. */
  readonly until: string;
}

/** One that was taken, and by which command. */
export interface HeldRole extends ShelterRole {
  readonly command: string;
}
