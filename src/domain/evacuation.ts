/** Words of an evacuation that televisions, shelters and the municipality share. */

/** What somebody answered to an alert by the remote control: 逃げます, 避難済み, 助けが必要. */
export const ALERT_ANSWERS = ['leaving', 'safe', 'help'] as const;
export type AlertAnswer = (typeof ALERT_ANSWERS)[number];
/** An answer can be taken back for so long, in ms. */
export const ANSWER_UNDO_MS = 10_000;

/** That a television may name the shelter where somebody is has to be renewed after so long, in ms. */
export const WHERE_MS = 30 * 86_400_000;

/** What a shelter hands out, once a day and kind for each person, meals once a meal. */
export const SUPPLIES = ['breakfast', 'lunch', 'supper', 'water', 'blanket', 'bath'] as const;
export type Supply = (typeof SUPPLIES)[number];

export const NEEDS = ['medicine', 'infant', 'pet', 'language', 'wheelchair'] as const;
export type Need = (typeof NEEDS)[number];

/** すいています, まだ入れます, こんでいます, いっぱい. */
export const CROWDING = ['roomy', 'some-room', 'crowded', 'full'] as const;
export type Crowding = (typeof CROWDING)[number];

/** By the share of the capacity (people) that is taken: below 50 %, 75 %, 95 %, and from there on. */
export function crowdingOf(people: number, capacity: number): Crowding {
  if (people * 100 >= capacity * 95) return 'full';
  if (people * 100 >= capacity * 75) return 'crowded';
  return people * 100 >= capacity * 50 ? 'some-room' : 'roomy';
}

/** What about somebody who came could not be checked; they were taken in all the same. */
export const ARRIVAL_FLAGS = [
  /** Not on the municipality's list, or there is none. */
  'not-listed',
  'no-list',
  'list-old',
  'certificate-expired',
  'certificate-revoked',
  'certificate-unknown',
  'card-unreadable',
  'clock-unset',
  /** Taken in before, and not gone since. */
  'here-already',
] as const;
export type ArrivalFlag = (typeof ARRIVAL_FLAGS)[number];

/** The subject of facts about a person on the municipality's list; `ref` is their row's. */
export function evacueeSubject(ref: string): string {
  return `evacuee/${ref}`;
}

/** The subject of facts about somebody who is on no list: `mark` finds duplicates within one shelter. */
export function markSubject(mark: string): string {
  return `mark/${mark}`;
}
