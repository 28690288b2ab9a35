/** A field of a form, written key by key: what can't be taken stays, and says why. */

/** The field that an action or a guard is about. */
export interface Written<Field> {
  readonly field: Field;
}

/** The form with another text in this field; what was wrong with the one before is said no more. */
export function rewritten<Field extends string>(
  { texts }: { readonly texts: Readonly<Record<Field, string>> },
  field: Field,
  text: string,
): { readonly texts: Readonly<Record<Field, string>>; readonly problem: null } {
  return { texts: { ...texts, [field]: text }, problem: null };
}

/**
 * What keys do in the state in which a field is written. The limit of the time begins anew with each of them. The machine has
 * the actions `type`, `erase`, `mark` and `sayProblem` and the guard `isRight`, all of them for any field.
 */
export function writes<State extends string, Field extends string, Next extends string>(
  state: State,
  field: Field,
  next: Next,
) {
  const again = { target: state, reenter: true } as const;
  const params = { field } as const;
  return {
    'key.character': { ...again, actions: { type: 'type', params } },
    'key.erase': { ...again, actions: { type: 'erase', params } },
    'key.kana-mark': { ...again, actions: { type: 'mark', params } },
    'key.enter': [
      { guard: { type: 'isRight', params }, target: next },
      { ...again, actions: { type: 'sayProblem', params } },
    ],
  } as const;
}
