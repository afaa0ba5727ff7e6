/** The command `statecast package`: packs the project for a TARS platform and uploads it if asked to. */

import { join, resolve } from 'node:path';
import { writeArchive } from './archive.ts';
import { PackageError } from './package-error.ts';
import { readServiceNames } from './service-names.ts';
import { uploadArchive } from './upload.ts';

/** The flags of the command. */
export interface PackageFlags {
  /** The archive, or the directory of `NAME.tgz`. Default: the project. */
  readonly out?: string;
  /** The address of the platform's web console, to upload to; nothing is uploaded without it. */
  readonly upload?: string;
  /** The platform's ticket for uploads. */
  readonly ticket?: string;
  /** The platform shows it beside the version. Default: the time. */
  readonly comment?: string;
  /** The platform and architecture of the servers. Default: those of this machine. */
  readonly target?: string;
}

export interface PackageTerminal {
  readonly print: (text: string) => void;
  readonly isTerminal: boolean;
}

const MIB = 1024 * 1024;
const BAR_WIDTH = 30;

/** @throws {PackageError} when the project cannot be packed, or the platform refuses it. */
export async function runPackage(
  directory: string,
  flags: PackageFlags,
  { print, isTerminal }: PackageTerminal,
): Promise<void> {
  const { out, upload, ticket, target = `${process.platform}-${process.arch}` } = flags;
  if (upload !== undefined && ticket === undefined) {
    throw new PackageError('--upload needs the ticket of the platform: --ticket TICKET');
  }
  const project = resolve(directory);
  const { app, server } = await readServiceNames(project);
  const archive = await writeArchive({
    directory: project,
    target,
    ...(out !== undefined && { out: resolvePath(out) }),
  });
  const size = (archive.bytes / MIB).toFixed(1);
  print(`${archive.path}: ${app}.${server} for ${target}, ${size} MiB with ${archive.packages} packages\n`);
  if (upload === undefined || ticket === undefined) return;

  const said = await uploadArchive({
    file: archive.path,
    url: upload,
    ticket,
    application: app,
    moduleName: server,
    comment: flags.comment ?? `packed ${new Date().toISOString()}`,
    progress: createProgressBar(print, isTerminal),
  });
  print(`published ${app}.${server}: ${said}\n`);
}

/** Keeps the `/` that marks a directory. */
function resolvePath(path: string): string {
  return /[\\/]$/.test(path) ? join(resolve(path), '/') : resolve(path);
}

/** Told how far it is, in bytes; the last call has `done` equal to `total`. */
type Progress = (done: number, total: number) => void;

/** A bar that grows on a terminal; elsewhere a line for each quarter. */
export function createProgressBar(write: (text: string) => void, isTerminal: boolean): Progress {
  let told = -1;
  return (done, total) => {
    const share = total === 0 ? 1 : done / total;
    const step = isTerminal ? Math.floor(share * 100) : Math.floor(share * 4) * 25;
    if (step === told) return;
    told = step;
    const amount = `${String(step).padStart(3)} % of ${(total / MIB).toFixed(1)} MiB`;
    if (!isTerminal) return write(`uploaded ${amount.trimStart()}\n`);
    const full = Math.floor(share * BAR_WIDTH);
    write(`\r[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${amount}${share === 1 ? '\n' : ''}`);
  };
}
