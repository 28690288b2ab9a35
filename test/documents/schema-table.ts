/** A zod schema as the rows of a table: each field with its place, its form, and whether it may be missing. */

import { z } from 'zod';

export interface Field {
  /** `clock.quality`, `chunks[].bytes`. */
  readonly path: string;
  readonly form: string;
  readonly isOptional: boolean;
}

type Schema = z.core.JSONSchema.JSONSchema;

/** Of an object, with the fields of the objects in it. What `JSON.stringify` may hold is all that a form can say. */
export function fieldsOf(schema: z.ZodType): Field[] {
  return inside(z.toJSONSchema(schema, { io: 'input' }), '');
}

/** The members of a union, each with the value of the field that tells them apart. */
export function membersOf(
  union: z.ZodDiscriminatedUnion<readonly z.core.$ZodTypeDiscriminable[]>,
): ReadonlyMap<string, z.ZodType> {
  const { discriminator } = union.def;
  return new Map(
    union.options.map((option) => {
      const { properties } = z.toJSONSchema(option as z.ZodType, { io: 'input' });
      const literal = properties?.[discriminator];
      if (typeof literal !== 'object') throw new TypeError(`${discriminator} is no literal`);
      return [String(literal.const), option as z.ZodType];
    }),
  );
}

function inside({ properties = {}, required = [] }: Schema, prefix: string): Field[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const schema = value as Schema;
    const path = `${prefix}${name}`;
    const own = { path, form: formOf(schema), isOptional: !required.includes(name) };
    return [own, ...below(schema, path)];
  });
}

function below(schema: Schema, path: string): Field[] {
  if (schema.anyOf !== undefined) {
    return schema.anyOf.flatMap((each) => below(each as Schema, path));
  }
  if (schema.type === 'object') return inside(schema, `${path}.`);
  if (schema.type === 'array') return below(schema.items as Schema, `${path}[]`);
  return [];
}

function formOf(schema: Schema): string {
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((each) => formOf(each as Schema)).join(' or ');
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${each}\``).join(', ');
  switch (schema.type) {
    case 'string':
      return textForm(schema);
    case 'integer':
    case 'number':
      return numberForm(schema);
    case 'array':
      return `${between(schema.minItems ?? 0, schema.maxItems)} of: ${formOf(schema.items as Schema)}`;
    case 'object':
      return schema.properties === undefined
        ? `object, each value: ${formOf(schema.additionalProperties as Schema)}`
        : 'object';
    default:
      return String(schema.type);
  }
}

function textForm({ format, pattern, minLength, maxLength }: Schema): string {
  const kinds: Readonly<Record<string, string>> = {
    uuid: 'UUID',
    'date-time': 'time',
    base64: 'base64',
  };
  const kind = kinds[format ?? ''] ?? (pattern === undefined ? 'text' : `text, \`${pattern}\``);
  if (minLength !== undefined && minLength === maxLength) return `${kind}, ${maxLength} long`;
  return maxLength === undefined ? kind : `${kind}, ${maxLength} long at most`;
}

function numberForm({ type, minimum, maximum, exclusiveMinimum }: Schema): string {
  if (type === 'number') return over(exclusiveMinimum);
  const least = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : minimum;
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  return `integer, ${between(least ?? 0, most)}`;
}

function over(least: Schema['exclusiveMinimum']): string {
  return least === undefined ? 'number' : `number, over ${least}`;
}

function between(least: number, most: number | undefined): string {
  if (most === undefined) return `${least} or more`;
  return least === most ? String(least) : `${least} to ${most}`;
}
