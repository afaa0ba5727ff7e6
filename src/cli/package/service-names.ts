/** The names of a server on its TARS platform, read from the project's tars/service.json. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PackageError } from './package-error.ts';

const SERVICE_FILE = 'tars/service.json';

/** The names must be exactly those of the server on the platform. */
export interface ServiceNames {
  readonly app: string;
  readonly server: string;
  readonly object: string;
}

const NAMES = ['app', 'server', 'object'] as const;
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** @throws {PackageError} when the file is missing, is not JSON, or lacks a name. */
export async function readServiceNames(directory: string): Promise<ServiceNames> {
  const path = join(directory, SERVICE_FILE);
  let names: Record<string, unknown>;
  try {
    names = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PackageError(`${path} should name the server on its platform: ${reason}`, { cause });
  }
  const wrong = NAMES.filter((key) => !isName(names[key]));
  if (wrong.length > 0) {
    throw new PackageError(
      `${path}: ${wrong.join(', ')} should be a name of letters, digits, _ and -, as on the platform`,
    );
  }
  return names as unknown as ServiceNames;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value);
}
