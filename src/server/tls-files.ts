/** The certificate of the server: read at the start, and read again when its files change. */

import { createHash } from 'node:crypto';
import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { ConfigProblem } from '../config/layer/config-error.ts';
import type { Settings } from '../config/schema/settings.ts';
import type { EventSink } from '../events/server-events.ts';
import { startQuietTimer, type Clock } from '../system/clock.ts';
import type { Certificate, Transport } from '../transport/common/transport.ts';

/** Both files are written one after the other: so long after a change they are read, in milliseconds. */
const SETTLE_MS = 200;
/** Files that do not fit together may be only half replaced. They are judged when they still do not after this time. */
const PATIENCE_MS = 2_000;
/** Some file systems do not tell of changes: the files are looked at as often as this, too. */
const LOOK_MS = 60_000;

/** What is wrong with the files. */
type Unusable = { readonly problem: Omit<ConfigProblem, 'given'> & { readonly file: string } };

/** The certificate that the settings name, if they name one, and what is wrong with its files. */
export function readCertificate(tls: Settings['tls']): {
  readonly certificate?: Certificate | undefined;
  readonly problems: readonly ConfigProblem[];
} {
  const read = readFiles(tls);
  if (read === undefined || !('problem' in read)) return { certificate: read, problems: [] };
  const { path, file, allowed } = read.problem;
  return { problems: [{ path, given: JSON.stringify(file), allowed }] };
}

function readFiles({ certFile, keyFile }: Settings['tls']): Certificate | Unusable | undefined {
  if (certFile === undefined || keyFile === undefined) return undefined;
  const cert = readFile('tls.certFile', certFile);
  if ('problem' in cert) return cert;
  const key = readFile('tls.keyFile', keyFile);
  if ('problem' in key) return key;
  const certProblem = findProblem({ cert });
  if (certProblem !== undefined)
    return unusable('tls.certFile', certFile, `a file with a certificate as PEM: ${certProblem}`);
  const keyProblem = findProblem({ cert, key });
  if (keyProblem !== undefined)
    return unusable('tls.keyFile', keyFile, `a file with the key of the certificate as PEM: ${keyProblem}`);
  return { certFile, keyFile, cert, key };
}

interface CertificateWatchOptions {
  readonly tls: Settings['tls'];
  readonly clock: Clock;
  /** The files have another certificate. */
  readonly changed: (certificate: Certificate) => void;
  /** What is in the files now cannot be used. */
  readonly failed: (error: unknown) => void;
}

/** Has new connections get the certificate that is in the files. Undefined where there is none. */
export function watchCertificate({
  tls,
  certificate,
  transport,
  clock,
  events,
}: {
  readonly tls: Settings['tls'];
  readonly certificate: Certificate | undefined;
  readonly transport: Pick<Transport, 'useCertificate'>;
  readonly clock: Clock;
  readonly events: EventSink;
}): CertificateWatch | undefined {
  if (certificate === undefined) return undefined;
  const { certFile } = certificate;
  const failed = (error: unknown): void => events.emit('certificate.failed', { certFile, error });
  return new CertificateWatch(certificate, {
    tls,
    clock,
    failed,
    changed(another) {
      const taken = transport.useCertificate?.(another);
      if (taken === undefined)
        failed(new Error('the transport takes another certificate only when it is made'));
      else taken.then(() => events.emit('certificate.changed', { certFile }), failed);
    },
  });
}

/** Looks after the files from when it is opened until it is closed. */
class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  readonly #current: Certificate;
  readonly #watchers: FSWatcher[] = [];
  /** What was taken or refused last. */
  #latest: string;
  #timer: unknown;
  #isClosed = false;

  /** @param current What the files had at the start. */
  constructor(current: Certificate, options: CertificateWatchOptions) {
    this.#options = options;
    this.#current = current;
    this.#latest = contentOf(current);
  }

  open(): void {
    const { certFile, keyFile } = this.#current;
    // Folders, since files are often replaced by renaming, or are links.
    for (const folder of new Set([dirname(certFile), dirname(keyFile)])) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#lookIn(SETTLE_MS));
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // It is looked at now and then.
      }
    }
    this.#lookIn(LOOK_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#options.clock.clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
  }

  #lookIn(delayMs: number, isPatient = true): void {
    if (this.#isClosed) return;
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = startQuietTimer(this.#options.clock, () => this.#look(isPatient), delayMs);
  }

  #look(isPatient: boolean): void {
    const read = readFiles(this.#options.tls);
    if (read === undefined) return;
    const content = 'problem' in read ? `${read.problem.path} ${read.problem.allowed}` : contentOf(read);
    if (content !== this.#latest && 'problem' in read && isPatient) {
      this.#lookIn(PATIENCE_MS, false);
      return;
    }
    this.#lookIn(LOOK_MS);
    if (content === this.#latest) return;
    this.#latest = content;
    if (!('problem' in read)) {
      this.#options.changed(read);
      return;
    }
    const { path, file, allowed } = read.problem;
    this.#options.failed(new Error(`${path} ${file} has to be ${allowed}`));
  }
}

function readFile(path: string, file: string): Buffer | Unusable {
  try {
    return readFileSync(file);
  } catch (error) {
    return unusable(path, file, `a file that can be read: ${(error as Error).message}`);
  }
}

function findProblem(pem: { readonly cert: Buffer; readonly key?: Buffer }): string | undefined {
  try {
    createSecureContext(pem);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function unusable(path: string, file: string, allowed: string): Unusable {
  return { problem: { path, file, allowed } };
}

/** Not the content itself, which has the key. */
function contentOf({ cert, key }: Certificate): string {
  return createHash('sha256').update(cert).update(key).digest('hex');
}
