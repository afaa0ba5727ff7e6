/** Pulls configuration files from the TARS platform into a directory. */

import { join } from 'node:path';
import { createConfigProxy } from '../../tars/servants/platform.ts';
import { makeDirectory, readFileIfPresent, replaceFile, syncDirectory } from '../../storage/durable-file.ts';
import { createKeyedQueue } from '../../storage/keyed-queue.ts';
import { PLATFORM_DEADLINE_MS, type PartOptions } from '../calls/platform-caller.ts';
import { nameSet } from '../calls/set-name.ts';

/** How many files are pulled at a time. */
const PULLS_AT_A_TIME = 4;
/** A name without a path, because the admin servant gets names from outside. */
const FILE_NAME = /^\w[\w.-]*$/;

export type PullOutcome =
  | { readonly type: 'written'; readonly path: string }
  /** The file is the same as on the platform. */
  | { readonly type: 'unchanged'; readonly path: string }
  /** There is no new file; an old one stays. */
  | { readonly type: 'kept'; readonly reason: string };

export interface RemoteConfig {
  /** Pulls a file by its name on the platform. It never rejects. */
  pull(name: string): Promise<PullOutcome>;
}

export interface RemoteConfigOptions extends Omit<PartOptions, 'clock'> {
  /** The directory of the files; it is created if it is missing. */
  readonly dir: string;
}

export function createRemoteConfig({ conf, object, caller, dir, log }: RemoteConfigOptions): RemoteConfig {
  const config = createConfigProxy(caller(object));
  const queue = createKeyedQueue(PULLS_AT_A_TIME);

  /** Gets the file's content, or the reason why there is none. */
  async function ask(fileName: string): Promise<{ content: string } | { reason: string }> {
    const info = {
      application: conf.app,
      serverName: conf.server,
      fileName,
      host: conf.localIp,
      setDivision: nameSet(conf),
    };
    const { ret, content } = await config.loadConfigByInfo({ info }, { deadlineMs: PLATFORM_DEADLINE_MS });
    if (ret !== 0) return { reason: `the platform answered ${ret}: it has no such file` };
    if (content === '') return { reason: 'the platform has an empty file of this name' };
    return { content };
  }

  async function pull(name: string): Promise<PullOutcome> {
    const answer = await ask(name);
    if ('reason' in answer) return { type: 'kept', reason: answer.reason };
    const path = join(dir, name);
    const content = Buffer.from(answer.content);
    if (content.equals((await readFileIfPresent(path)) ?? new Uint8Array()))
      return { type: 'unchanged', path };
    await makeDirectory(dir);
    await replaceFile(path, answer.content);
    await syncDirectory(dir);
    return { type: 'written', path };
  }

  return {
    async pull(name) {
      if (!FILE_NAME.test(name))
        return { type: 'kept', reason: 'a file is named by letters, digits, _ . and -' };
      try {
        const outcome = await queue.run(name, () => pull(name));
        if (outcome.type === 'kept')
          log.warn({ name, reason: outcome.reason }, 'a configuration file was not pulled');
        else log.info({ name, path: outcome.path }, `a configuration file was pulled: ${outcome.type}`);
        return outcome;
      } catch (err) {
        log.warn({ name, err }, 'a configuration file was not pulled');
        return { type: 'kept', reason: err instanceof Error ? err.message : String(err) };
      }
    },
  };
}
