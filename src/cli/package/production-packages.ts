/** Finds the installed packages that a project needs at run time. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { PackageError } from './package-error.ts';

/** The parts of a package.json that tell what to pack. */
export interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly main?: string;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** @throws {PackageError} when the file is missing or does not parse. */
export async function readPackageJson(directory: string): Promise<PackageJson> {
  const path = join(directory, 'package.json');
  try {
    return JSON.parse(await readFile(path, 'utf8')) as PackageJson;
  } catch (cause) {
    throw new PackageError(`${path} cannot be read`, { cause });
  }
}

/**
 * Returns the directories of all needed packages, relative to the project and with `/`, each after the package that
 * needs it: `node_modules/pino`, `node_modules/pino/node_modules/split2`.
 * @throws {PackageError} for a package that is not installed, or not below the project.
 */
export async function findProductionPackages(directory: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const waiting = [directory];
  for (let owner = waiting.pop(); owner !== undefined; owner = waiting.pop()) {
    const {
      dependencies = {},
      optionalDependencies = {},
      peerDependencies = {},
    } = await readPackageJson(owner);
    for (const name of Object.keys({ ...peerDependencies, ...optionalDependencies, ...dependencies })) {
      const place = resolve(owner, name, directory);
      if (place === undefined) {
        // Peer and optional dependencies may be missing.
        if (!(name in dependencies) || name in optionalDependencies) continue;
        throw new PackageError(`${name} is not installed in ${directory}: run npm install first`);
      }
      const path = relative(directory, place).split(sep).join('/');
      if (found.has(path)) continue;
      found.add(path);
      waiting.push(place);
    }
  }
  return [...found];
}

/** Looks in the same directories as Node.js, but not above the project. */
function resolve(owner: string, name: string, project: string): string | undefined {
  for (let directory = owner; ; directory = dirname(directory)) {
    const place = join(directory, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
    if (directory === project || directory === dirname(directory)) return undefined;
  }
}
