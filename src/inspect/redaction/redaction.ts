/**
 * Turns events and contexts into data that may leave the server: plain JSON of a bounded size, without the values of
 * withheld fields. It never throws.
 */

import { ERRORS } from '../../protocol/errors.ts';
import type { FeedJson, FeedObject } from '../feed/feed-protocol.ts';
import { createWithheldNames, WITHHELD, type WithheldNames } from './withheld-names.ts';

export interface Redaction {
  /** The names of fields whose values are withheld. */
  readonly names: readonly string[];
  /** Whether the values of fields with that name are always withheld. */
  withholds(name: string): boolean;
  /** Shows the value of a field with that name. */
  showField(name: string, value: unknown): FeedJson;
  /** Shows the text of a field with that name. */
  showText(name: string, text: string): string;
  /** Shows the fields of an object or an event, without the one named `except`. */
  showFields(fields: object, except?: string): FeedObject;
  /** Shows the text of an error, cut like other texts. */
  showError(error: unknown): string;
}

/** Nested objects are shown down to this depth. */
const MAX_DEPTH = 6;
/** What is shown of one value at most. */
interface Bounds {
  /** The longest text, in characters. */
  readonly text: number;
  /** About the longest JSON text, in characters. */
  readonly size: number;
}

const GLANCE: Bounds = { text: 256, size: 4 * 1024 };
const CONTENT: Bounds = { text: 4 * 1024, size: 8 * 1024 };
/** Longest name of a field, in characters. */
const MAX_NAME = 64;
/** Longest name of a class, and longest id of an actor, in characters. */
const MAX_CLASS_NAME = 80;
const MAX_ITEMS = 20;
const MAX_FIELDS = 40;
/** What a value adds to the size besides its texts. */
const VALUE_OVERHEAD = 4;

/** The name of the field that says how many fields are not shown. */
const MORE = '…';

/** Withholds the fields that are always withheld, and those named in `configured`, at any depth. */
export function createRedaction(configured: readonly string[] = []): Redaction {
  return createShowing(createWithheldNames(configured), GLANCE);
}

/**
 * For those who may read messages and what is told of members: withholds only the fields named in `configured`, and
 * secrets for access such as `accessToken`. Longer texts are shown.
 */
export function createContentRedaction(configured: readonly string[] = []): Redaction {
  return createShowing(createWithheldNames(configured, 'shown'), CONTENT);
}

function createShowing(names: WithheldNames, bounds: Bounds): Redaction {
  return {
    names: names.list,
    withholds: (name) => names.has(name),
    showField: (name, value) => new Showing(names, bounds).field(name, value),
    showText: (name, text) => (names.has(name) ? WITHHELD : cut(text, bounds.text)),
    showFields: (fields, except) => new Showing(names, bounds).whole(fields, except),
    showError(error) {
      if (names.isConfigured('error') || names.isConfigured('message')) return WITHHELD;
      return cut(describeError(error), bounds.text);
    },
  };
}

/** The conversion of one value, with the size that is left for it. */
class Showing {
  readonly #names: WithheldNames;
  /** The objects around the current one. If one of them is found again, there is a circle. */
  readonly #around = new Set<object>();
  readonly #bounds: Bounds;
  #left: number;

  constructor(names: WithheldNames, bounds: Bounds) {
    this.#names = names;
    this.#bounds = bounds;
    this.#left = bounds.size;
  }

  whole(fields: object, except: string | undefined): FeedObject {
    try {
      return this.#fields(fields, except);
    } catch {
      return { [MORE]: UNREADABLE };
    }
  }

  field(name: string, value: unknown): FeedJson {
    if (this.#names.has(name)) return this.#text(WITHHELD);
    if (name === 'refusal' && isRefusal(value) && !this.#names.isConfigured('message')) {
      return { error: this.field('error', value.error), message: this.#text(value.message) };
    }
    return this.#contained(value);
  }

  /** Reading getters, proxies and classes may throw. */
  #contained(value: unknown): FeedJson {
    try {
      return this.#value(value);
    } catch {
      return UNREADABLE;
    }
  }

  #value(value: unknown): FeedJson {
    this.#left -= VALUE_OVERHEAD;
    if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'bigint') return this.#text(`${value}n`);
    if (value instanceof Error) return this.#error(value);
    // Bytes may be packets or messages.
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return WITHHELD;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
    const description = describeValue(value);
    if (description !== undefined) {
      const member = readMember(value);
      return member === undefined ? this.#text(description) : { member: this.field('member', member) };
    }
    if (this.#around.has(value)) return '‹circle›';
    if (this.#around.size >= MAX_DEPTH || this.#left <= 0) return MORE;
    return Array.isArray(value) ? this.#items(value) : this.#fields(value, undefined);
  }

  #error(error: Error): FeedJson {
    if (this.#names.isConfigured('message')) return this.#text(error.name);
    return this.#text(describeError(error));
  }

  #items(array: readonly unknown[]): FeedJson {
    this.#around.add(array);
    const shown: FeedJson[] = [];
    while (shown.length < Math.min(array.length, MAX_ITEMS) && this.#left > 0) {
      shown.push(this.#contained(array[shown.length]));
    }
    if (shown.length < array.length) shown.push(`${MORE} ${array.length - shown.length} more`);
    this.#around.delete(array);
    return shown;
  }

  #fields(object: object, except: string | undefined): FeedObject {
    this.#around.add(object);
    const shown: [string, FeedJson][] = [];
    let left = 0;
    for (const name of Object.keys(object)) {
      if (name === except) continue;
      if (shown.length === MAX_FIELDS || this.#left <= 0) {
        left += 1;
        continue;
      }
      const value = readField(object, name);
      if (value !== undefined) shown.push([this.#text(name, MAX_NAME), this.field(name, value)]);
    }
    if (left > 0) shown.push([MORE, `${left} more`]);
    this.#around.delete(object);
    return Object.fromEntries(shown);
  }

  #text(text: string, most = this.#bounds.text): string {
    const shown = cut(text, most);
    // One character may become six in JSON.
    this.#left -= JSON.stringify(shown).length;
    return shown;
  }
}

const UNREADABLE = '‹unreadable›';

/** The value of a field. A getter is not called: it may have effects. */
function readField(object: object, name: string): unknown {
  const field = Object.getOwnPropertyDescriptor(object, name);
  return field?.get === undefined ? field?.value : '‹getter›';
}

/** The `member` of an object that has one, such as a connection in an event. The rest of it is not shown. */
function readMember(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'member')) return undefined;
  const member = readField(value, 'member');
  return typeof member === 'object' && member !== null ? member : undefined;
}

/** Whether a value is a refusal with an error of our table. Any other `message` may come from a user. */
function isRefusal(value: unknown): value is { error: string; message: string } {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const { error, message } = value as { error?: unknown; message?: unknown };
    return (
      typeof error === 'string' &&
      Object.hasOwn(ERRORS, error) &&
      typeof message === 'string' &&
      Object.keys(value).length === 2
    );
  } catch {
    return false;
  }
}

function describeError(error: unknown): string {
  try {
    if (typeof error === 'string') return error;
    if (!(error instanceof Error)) return describeValue(error) ?? typeof error;
    const { name, message } = error;
    return message === '' ? name : `${name}: ${message}`;
  } catch {
    return UNREADABLE;
  }
}

/** A short text for a value that is not plain data. Undefined for plain data, which is shown completely. */
function describeValue(value: unknown): string | undefined {
  if (typeof value === 'function') return 'function';
  if (typeof value === 'symbol') return 'symbol';
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isPlain(value)) return undefined;
  if (value instanceof Map) return `Map(${value.size})`;
  if (value instanceof Set) return `Set(${value.size})`;
  const name = nameOfClass(value);
  const actor = idOfActor(value);
  return actor === undefined ? name : `${name} ${actor}`;
}

/** Whether an object is plain, as from `{…}` or `JSON.parse`. It may come from another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOfClass(value: object): string {
  const { constructor } = value;
  const name: unknown = typeof constructor === 'function' ? constructor.name : undefined;
  return typeof name === 'string' && name !== '' ? name.slice(0, MAX_CLASS_NAME) : 'object';
}

function idOfActor(value: object): string | undefined {
  const { id, getSnapshot } = value as { id?: unknown; getSnapshot?: unknown };
  return typeof id === 'string' && typeof getSnapshot === 'function'
    ? id.slice(0, MAX_CLASS_NAME)
    : undefined;
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const shown = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
  return `${shown}… (${text.length - shown.length} more)`;
}
