/** The fields of JSON objects from clients, and whether they have the types that the protocol gives them. */

/** The fields of a JSON object, as `JSON.parse` made them. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a field must be, if it is there. `null` is the same as no field. */
type Kind = 'text' | 'flag' | 'count' | 'whole' | 'object' | 'texts';

/** The fields that are checked; all others may be anything. */
export type FieldKinds = readonly (readonly [name: string, kind: Kind])[];

export function defineFields(kinds: Readonly<Record<string, Kind>>): FieldKinds {
  return Object.entries(kinds);
}

/** Whether each field has its type. A reader that generated code makes of `client.proto` could not decode any other. */
export function fits(fields: Fields, kinds: FieldKinds): boolean {
  // Counted (docs/decisions/0013-written-for-every-message.md).
  for (let index = 0; index < kinds.length; index += 1) {
    const [name, kind] = kinds[index]!;
    const value = fields[name];
    if (isGiven(value) && !isKind(value, kind)) return false;
  }
  return true;
}

function isKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'flag':
      return typeof value === 'boolean';
    case 'count':
      return Number.isInteger(value) && (value as number) >= 0;
    case 'whole':
      return Number.isInteger(value);
    case 'object':
      return isObject(value);
    case 'texts':
      return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The text of a field that fits; empty if there is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The number of a field that fits; 0 if there is none. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

export function isEmpty(fields: object): boolean {
  for (const _ in fields) return false;
  return true;
}
