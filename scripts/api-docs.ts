/** Prints the page docs/api.md: `npx tsx scripts/api-docs.ts > docs/api.md`. */

import { createServer } from '../src/index.ts';
import { renderApiPage, type OpenApi } from './api-page.ts';

const server = createServer({ port: 0, inspector: { enabled: false } });
const { port } = await server.listen();
const response = await fetch(`http://127.0.0.1:${port}/api/openapi.json`);
process.stdout.write(renderApiPage((await response.json()) as OpenApi));
await server.close();
