/** What the package says of itself. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packageFile = new URL('../../package.json', import.meta.url);

/** The version in package.json. */
export const VERSION = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;

/** Where the build puts the pages; they are there in a published package and after `npm run build`. */
export const PAGES_DIRECTORY = fileURLToPath(new URL('../../dist/clients', import.meta.url));
