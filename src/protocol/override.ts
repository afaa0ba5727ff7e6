/** What the owner decides for one member in place of the settings of its room. The names outside are Centrifugo's. */

/** Absent: as the room has it. */
export interface Override {
  /** Whether the member is listed by the presence. Default: it is. */
  readonly presence?: boolean;
  /** Whether the other members are told of its join and its leave. Default: `joinLeave` of the room. */
  readonly joinLeave?: boolean;
  /** Its subscription is recoverable, also where the room has `recover: false`. The room must keep history. */
  readonly recovery?: true;
}

/**
 * The parts of the wire. What is forced by the last two holds here anyway: positions and pushes do not depend on what a
 * client asks for.
 */
const PARTS = [
  'presence',
  'join_leave',
  'force_recovery',
  'force_positioning',
  'force_push_join_leave',
] as const;

/**
 * Reads `{"presence": {"value": false}, …}`. `null` is as nothing, as is the empty list that PHP writes; without `value` it is false, as Go
 * writes it. A `force_…` with false forces nothing: the room decides. Returns a text, for people, if it has another shape.
 */
export function readOverride(said: unknown): Override | string | undefined {
  if (said === undefined || said === null || (Array.isArray(said) && said.length === 0)) return undefined;
  if (!isObject(said)) return 'override is not an object';
  const read: { -readonly [Name in keyof Override]: Override[Name] } = {};
  for (const name of PARTS) {
    const given = said[name] ?? undefined;
    if (given === undefined) continue;
    const value = isObject(given) ? (given['value'] ?? false) : given;
    if (!isObject(given) || typeof value !== 'boolean') {
      return `override.${name} must be {"value": true} or {"value": false}`;
    }
    if (name === 'presence') read.presence = value;
    else if (name === 'join_leave') read.joinLeave = value;
    else if (name === 'force_recovery' && value) read.recovery = true;
  }
  return Object.keys(read).length === 0 ? undefined : read;
}

/** Whether a value of the program's own code is what its type says. */
export function isOverride(value: unknown): value is Override {
  return (
    isObject(value) &&
    Object.entries(value).every(([name, said]) =>
      name === 'recovery' ? said === true : isSwitch(name) && typeof said === 'boolean',
    )
  );
}

function isSwitch(name: string): boolean {
  return name === 'presence' || name === 'joinLeave';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
