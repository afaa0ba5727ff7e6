/** The file with which a TARS node daemon starts a packed server. It is text here because it runs only in the archive. */

/**
 * Where it is in the archive, below `NAME/NAME`. A node daemon starts servers of the type `tars_nodejs` with
 * `node <bin>/tars_nodejs/node-agent/bin/node-agent <directory of package.json> -c <conf>`. The usual agent starts
 * and watches worker processes. This server has none and answers the daemon itself.
 */
export const LAUNCHER_PATH = 'tars_nodejs/node-agent/bin/node-agent';

/** A package.json beside the launcher, because one of a directory above may make the launcher an ES module. */
export const LAUNCHER_PACKAGE_PATH = 'tars_nodejs/node-agent/bin/package.json';
export const LAUNCHER_PACKAGE = '{ "type": "commonjs" }\n';

/** @param entry The module to run, below `src`: `dist/main.js`. */
export function writeLauncher(entry: string): string {
  return `#!/usr/bin/env node
// Starts the server of this package: node node-agent DIRECTORY -c CONF. Made by "statecast package".
'use strict';
const { resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const entry = resolve(__dirname, '../../../src', ${JSON.stringify(entry)});
process.argv = [process.argv[0], entry, ...process.argv.slice(3)];
import(pathToFileURL(entry).href);
`;
}
