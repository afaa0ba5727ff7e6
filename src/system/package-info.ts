/** The version of this package, and where its built pages are. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packageFile = new URL('../../package.json', import.meta.url);

/** The version in package.json. */
export const VERSION = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;

/** The built pages; present in a published package and after `npm run build`. */
export const PAGES_DIRECTORY = fileURLToPath(new URL('../../dist/clients', import.meta.url));
