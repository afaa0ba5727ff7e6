/** Writes docs/api.md: a fixed text, and the methods as the OpenAPI description of a server tells them. */

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}

interface Content {
  readonly schema: Schema;
  readonly example: unknown;
}

interface Operation {
  readonly summary: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, { readonly post?: Operation }>>;
}

export function renderApiPage({ paths }: OpenApi): string {
  const methods = Object.entries(paths).flatMap(([path, { post }]) =>
    post === undefined || path === LINES_PATH ? [] : [renderMethod(path, post)],
  );
  return [INTRODUCTION, ...methods, LINES, WATCHING].join('\n');
}

function renderMethod(path: string, { summary, requestBody, responses }: Operation): string {
  const asked = requestBody?.content['application/json'];
  const answered = responses['200']?.content?.['application/json'];
  const result = answered?.schema.oneOf?.[0]?.properties;
  const fields = rowsOf(asked?.schema);
  const results = rowsOf(result?.['result'] ?? answered?.schema.oneOf?.[0], false);
  return [
    `### ${path.replace('/api/', '')}`,
    '',
    summary,
    '',
    ...(fields.length === 0 ? [] : ['| field | type | |', '| --- | --- | --- |', ...fields, '']),
    ...(results.length === 0 ? [] : ['| result | type | |', '| --- | --- | --- |', ...results, '']),
    '```json',
    `POST ${path}`,
    JSON.stringify(asked?.example),
    '',
    JSON.stringify(answered?.example),
    '```',
    '',
  ].join('\n');
}

function rowsOf(schema: Schema | undefined, tellsRequired = true): string[] {
  return Object.entries(schema?.properties ?? {}).map(([name, field]) => {
    const needed = tellsRequired && schema?.required?.includes(name) === true ? 'Required. ' : '';
    return `| \`${name}\` | ${typeOf(field)} | ${needed}${describe(field)} |`;
  });
}

function describe({ description = '', properties, items }: Schema): string {
  const inner = properties ?? items?.properties;
  const names =
    inner === undefined
      ? ''
      : `With ${Object.keys(inner)
          .map((name) => `\`${name}\``)
          .join(', ')}.`;
  return [description, names]
    .filter((text) => text !== '')
    .join(' ')
    .replaceAll('|', '\\|');
}

function typeOf({ type, items, additionalProperties }: Schema): string {
  if (type === 'array') return `list of ${items?.type === undefined ? 'objects' : `${NAMES[items.type]}s`}`;
  if (
    type === 'object' &&
    typeof additionalProperties === 'object' &&
    additionalProperties.type !== undefined
  ) {
    return `object of ${NAMES[additionalProperties.type]}s`;
  }
  return type === undefined ? 'JSON' : (NAMES[type] ?? type);
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'flag',
  object: 'object',
};

const LINES_PATH = '/api';

const LINES = `## Commands in lines

\`POST /api\` takes a command in each line, and answers each in a line, in order. Older server SDKs of Centrifugo speak so;
for programs of your own, \`batch\` is better.

\`\`\`
{"method":"publish","params":{"channel":"room1","data":"hi"}}
{"method":"presence_stats","params":{"channel":"room1"}}

{"result":{"offset":1,"epoch":"q83vEjRW"}}
{"result":{"num_clients":2,"num_users":1}}
\`\`\`

A command may have a number as \`id\`; its answer then has it too. What is wrong with one command is told in its line, as
\`{"error":{…}}\`. A line that is no command makes the whole request 400, before anything is done. What refuses the whole
request has a status in any case: 400, or 429 after too many requests. Each command counts as a request of its key.
\`watch\` and \`batch\` are no commands.
`;

const INTRODUCTION = `# The server API

<!-- Made by \`npx tsx scripts/api-docs.ts > docs/api.md\`. The text is in scripts/api-page.ts; the methods come from src/http/api. -->

Your other servers use it, in any language: \`POST /api/<method>\` with a JSON object. Names and shapes are Centrifugo's, so
its server SDKs work. \`GET /api/openapi.json\` describes it as OpenAPI 3.1, and needs no key.

\`\`\`bash
curl http://127.0.0.1:8000/api/publish -H 'X-API-Key: KEY' -d '{"channel":"room1","data":{"text":"hi"}}'
\`\`\`

\`\`\`json
{"result":{"offset":1,"epoch":"q83vEjRW"}}
\`\`\`

## Keys

A key is sent as \`X-API-Key: KEY\`, as \`Authorization: apikey KEY\`, or as \`api_key\` in the query, where logs of proxies may keep
it. \`http.apiKey\` may do everything. Each key of \`http.apiKeys\` has a name, and may be for some methods and rooms and for so
many requests a second ([configuration.md](configuration.md#keys-of-the-server-api)). A key that does not allow a method
gets the error 103, and the log tells the name of the key. After too many requests the answer is the error 111, and
\`Retry-After\` tells the seconds to wait. Without any key set, this machine may use the API, except for pages of other sites.

Pages of the origins in \`http.allowedOrigins\` may use the API with a key (CORS). Everybody who sees such a page has its key.

## Requests and answers

- The content type does not matter. Unknown fields are ignored, and \`null\` is no field, except where JSON is taken.
- A method that is not done answers with 200 and \`{"error":{"code":107,"message":"…"}}\`; the codes are those of the
  [table](protocol.md#errors). With the header \`X-Centrifugo-Error-Mode: transport\` the answer is \`{"code":107,"message":"…"}\`
  alone, with a status: 500 for 100, 401 for 101, 404 for 102 and 104, 403 for 103, 429 for 111, 416 for 112, 409 for 113,
  and 400 for the rest.
- What cannot be decoded is 400 in any case: no JSON, or a field of another type than its own. 401: no key, or a wrong one.
  403: a page of another site asks without a key. 413: the body is longer than 1 MiB and six times a message.
- \`data\` is any JSON value. A number that JavaScript cannot hold is refused; \`rpc\` keeps all digits.
- An answer has 20,000 rooms or members at most. Where there are more, \`channels\` and \`presence\` answer with the error
  106: give a pattern, or ask for \`presence_stats\`. A long answer is sent in portions (chunked), as fast as you read; who
  reads nothing for 30 s is cut off.
- A request has 1,000 commands at most, in a \`batch\` or in lines. Together they broadcast to 10,000 channels at most, and
  their results take up to 32 MiB: commands for which there is no room are not done, and get the error 106.
- \`idempotency_key\` holds for five minutes in its room. A message that was refused may be tried again. Keys are in the memory
  of this server: the oldest are forgotten when they take more than 16 MiB.
- The library has the same functions: see \`StatecastServer\` in its types.

## Methods
`;

const WATCHING = `## Watching a room

\`GET /api/watch?channel=room1\` answers with server-sent events that do not end, for a key that allows \`watch\`. They tell what
happens in the room from now on, also if it has no members:

\`\`\`
event: publication
data: {"data":{"text":"hi"},"offset":1,"time":1767225600000}

event: join
data: {"info":{"user":"ann","client":"0b8c…"}}
\`\`\`

\`join\` and \`leave\` come where the room tells its members too (\`joinLeave\`). A comment (\`:\`) comes every 25 s. When the server
ends the response, the last event is \`end\` with a \`code\`: \`slow\`, because the client reads more slowly than the room speaks and
\`limits.sendQueueBytes\` are full, or \`shutdown\`. At most 1,000 may watch at a time; a further one gets 503. Without a
\`channel\`, or with a bad one, the answer is 400.
`;
