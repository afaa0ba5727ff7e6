/** Packs a built project as a TARS platform expects it: one `.tgz` with `NAME/NAME/src` and the launcher that starts it. */

import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { create } from 'tar';
import { LAUNCHER_PACKAGE, LAUNCHER_PACKAGE_PATH, LAUNCHER_PATH, writeLauncher } from './launcher.ts';
import { PackageError } from './package-error.ts';
import { findProductionPackages, readPackageJson, type PackageJson } from './production-packages.ts';
import { openScratch, toWriteError } from './scratch.ts';
import { readServiceNames } from './service-names.ts';

export interface ArchiveOptions {
  /** The project: where package.json is. */
  readonly directory: string;
  /**
   * The archive, or with a `/` at the end or if it exists, the directory of `NAME.tgz`. Missing directories are made. An
   * old archive is replaced when all of the new one is written; any other file is not. Default: the project.
   */
  readonly out?: string;
  /** The servers' `process.platform` and `process.arch`: `linux-x64`. */
  readonly target: string;
}

export interface Archive {
  readonly path: string;
  readonly bytes: number;
  /** How many dependencies are in it. */
  readonly packages: number;
}

/** What is packed besides the files that package.json lists. */
const ALWAYS = ['package.json', 'tars'];
/** `process.versions.modules` of Node.js 20, the oldest version that Statecast runs on. */
const OLDEST_ABI = 115;
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Writes the archive. When that fails or the process is interrupted, nothing is left of it.
 * @throws {PackageError} when the project is not built, not installed or has no name on the platform, when there is a file
 * in the archive's place that is no archive, and when the archive cannot be written.
 */
export async function writeArchive({ directory, out, target }: ArchiveOptions): Promise<Archive> {
  const { server } = await readServiceNames(directory);
  const json = await readPackageJson(directory);
  const entry = findEntry(directory, json);
  const packages = await findProductionPackages(directory);
  const path = await findPlace(out ?? directory, `${server}.tgz`);
  if (!(await isReplaceable(path))) {
    throw new PackageError(
      `${path} is there already, and is no archive: name another file, or remove this one`,
    );
  }
  const scratch = await openScratch(path);
  const { stage, temporary } = scratch;
  // The archive may lie among the files that it is made of.
  const without = [path, temporary].map((file) => relative(directory, file).split(sep).join('/'));
  try {
    const home = join(stage, server, server);
    await linkProject(directory, join(home, 'src'), json, packages);
    await writeProgram(join(home, LAUNCHER_PATH), writeLauncher(entry));
    await writeFile(join(home, LAUNCHER_PACKAGE_PATH), LAUNCHER_PACKAGE);
    const isPacked = createFilter({ root: `${server}/${server}/src/`, packages, target, without });
    // Links are followed: the archive has the files themselves, also of packages that are linked.
    await create(
      { cwd: stage, file: temporary, gzip: true, portable: true, follow: true, filter: isPacked },
      [server],
    );
    await rename(temporary, path);
    scratch.keep();
  } catch (cause) {
    throw toWriteError(path, cause);
  } finally {
    scratch.close();
  }
  return { path, bytes: (await stat(path)).size, packages: packages.length };
}

/** The path of the archive: `out` itself, or `name` in the directory `out`. */
async function findPlace(out: string, name: string): Promise<string> {
  if (/[\\/]$/.test(out)) return join(out, name);
  const found = await stat(out).catch(() => undefined);
  return found?.isDirectory() === true ? join(out, name) : out;
}

/** Only an archive may be replaced: a file with its name, or with the first bytes of gzip. */
async function isReplaceable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  // A directory cannot be replaced by a file: writing tells so.
  if (found === undefined || found.isDirectory()) return true;
  if (!found.isFile()) return false;
  if (/\.(tgz|tar\.gz)$/i.test(path)) return true;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
    return GZIP.equals(buffer);
  } finally {
    await file.close();
  }
}

/** A project with a `main` starts with that; one without code of its own starts the server that it depends on. */
function findEntry(directory: string, { name, main, bin, dependencies = {} }: PackageJson): string {
  const own = name === 'statecast' && typeof bin === 'object' ? bin['statecast'] : main;
  const entry = own ?? ('statecast' in dependencies ? 'node_modules/statecast/dist/main.js' : undefined);
  if (entry === undefined) {
    throw new PackageError(
      `${join(directory, 'package.json')} names no "main" to start, and does not depend on statecast`,
    );
  }
  if (existsSync(join(directory, entry))) return entry;
  throw new PackageError(`${join(directory, entry)} is missing: build the project first`);
}

async function linkProject(
  directory: string,
  home: string,
  { files }: PackageJson,
  packages: readonly string[],
): Promise<void> {
  const own = files?.map((file) => file.replace(/\/+$/, '')) ?? (await listOwnFiles(directory));
  for (const path of new Set([...ALWAYS, ...own, ...packages.filter(isDirect)])) {
    const source = join(directory, path);
    if (!existsSync(source)) continue;
    const link = join(home, path);
    await mkdir(dirname(link), { recursive: true });
    await symlink(source, link);
  }
}

/** For a project that does not list its files: everything that is not hidden, installed or an archive. */
async function listOwnFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  return names.filter((name) => !/^\.|^node_modules$|\.tgz(\.\d+\.tmp)?$/.test(name));
}

/** Packages inside other packages are packed with those. */
function isDirect(path: string): boolean {
  return path.lastIndexOf('node_modules/') === 0;
}

async function writeProgram(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
}

interface FilterOptions {
  /** Where the project is in the archive, with a `/` at the end. */
  readonly root: string;
  readonly packages: readonly string[];
  readonly target: string;
  /** Files of the project that are not packed. */
  readonly without: readonly string[];
}

/** Leaves out nested packages that only development needs, and native modules for other machines. */
function createFilter({ root, packages, target, without }: FilterOptions): (path: string) => boolean {
  const needed = new Set(packages);
  return (path) => {
    const inside = path.startsWith(root) ? path.slice(root.length) : '';
    if (without.includes(inside)) return false;
    const owner = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/@][^/]*/.exec(inside)?.[0];
    if (owner !== undefined && !needed.has(owner)) return false;
    const native = /\/uws_(?<platform>[a-z0-9]+)_(?<arch>[a-z0-9]+)_(?<abi>\d+)\.node$/.exec(path)?.groups;
    if (native === undefined) return true;
    return `${native['platform']}-${native['arch']}` === target && Number(native['abi']) >= OLDEST_ABI;
  };
}
