/** Where this process's settings come from: the file that its command line names, and its environment. */

import type { SettingsSources } from './load-settings.ts';

const CONFIG_FLAG = '--config';
const SHORT_CONFIG_FLAG = '-c';

/**
 * Finds the file in `--config FILE`, `--config=FILE` or `-c FILE`; the last one counts. All other words are ignored.
 * @param args The words after the program's name. Default: those of this process.
 */
export function readProcessSources(args: readonly string[] = process.argv.slice(2)): SettingsSources {
  let file: string | undefined;
  for (const [index, word] of args.entries()) {
    if (word === CONFIG_FLAG || word === SHORT_CONFIG_FLAG) file = args[index + 1];
    else if (word.startsWith(`${CONFIG_FLAG}=`)) file = word.slice(CONFIG_FLAG.length + 1);
  }
  return { file, env: process.env, flags: {} };
}
