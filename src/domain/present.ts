/** What the order of steps guarantees to be there. */

/** Were it not, it is a defect and must be loud. */
export function present<Value>(value: Value | null | undefined, name: string): Value {
  if (value === null || value === undefined) throw new Error(`${name} is used before its step`);
  return value;
}
