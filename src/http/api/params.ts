/** Reads the fields of an API request. A field of another type than its own cannot be decoded; `null` is no field. */

import { UndecodableError, type Params } from './api-method.ts';

export function readText(params: Params, name: string): string {
  const value = params[name] ?? '';
  if (typeof value !== 'string') throw wrongType(name, 'a string');
  return value;
}

export function readFlag(params: Params, name: string): boolean {
  const value = params[name] ?? false;
  if (typeof value !== 'boolean') throw wrongType(name, 'true or false');
  return value;
}

/** A whole number that is not below 0. It may be larger than JavaScript can hold, and is then rounded. */
export function readCount(params: Params, name: string): number {
  const value = params[name] ?? 0;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw wrongType(name, 'a whole number from 0');
  }
  return value;
}

export function readTexts(params: Params, name: string): readonly string[] {
  const value = params[name] ?? [];
  if (!isTexts(value)) throw wrongType(name, 'a list of strings');
  return value;
}

/** Strings by name; undefined if there is no such field. */
export function readTable(params: Params, name: string): Readonly<Record<string, string>> | undefined {
  const value = params[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!isObject(value) || !isTexts(Object.values(value))) throw wrongType(name, 'an object of strings');
  return value as Readonly<Record<string, string>>;
}

export function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function wrongType(name: string, wanted: string): UndecodableError {
  return new UndecodableError(`${name} must be ${wanted}`);
}
