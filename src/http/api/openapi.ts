/** The description of the server API in the form of OpenAPI 3.1, made of the schemas that the methods read with. */

import * as z from 'zod';
import { ERRORS } from '../../protocol/errors.ts';
import { jsonTextResponse } from '../../transport/common/responses.ts';
import { VERSION } from '../../system/package-info.ts';
import type { Route } from '../router.ts';
import type { ApiMethod } from './api-method.ts';
import { batchParams } from './batch.ts';
import { MAX_COMMANDS } from './commands.ts';
import { explainQuery, loggedProblem } from './explain-route.ts';
import { clientInfo, publication } from './fields.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** It tells nothing of the server but its version, and needs no key. */
export function createOpenApiRoute(methods: readonly ApiMethod[]): Route {
  let text: string | undefined;
  return {
    methods: ['GET', 'HEAD'],
    path: '/api/openapi.json',
    handle() {
      text ??= JSON.stringify(describeApi(methods), undefined, 2);
      return jsonTextResponse(200, text);
    },
  };
}

function describeApi(methods: readonly ApiMethod[]): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'The server API of Statecast',
      version: VERSION,
      description: DESCRIPTION,
    },
    servers: [{ url: '/' }],
    security: Object.keys(SECURITY).map((name) => ({ [name]: [] })),
    paths: {
      ...Object.fromEntries(
        methods.map((method) => [`/api/${method.name}`, { post: describeMethod(method) }]),
      ),
      '/api/batch': { post: describeBatch(methods) },
      '/api': { post: LINES },
      '/api/watch': { get: WATCH },
      '/api/explain': { get: EXPLAIN },
    },
    components: {
      securitySchemes: SECURITY,
      schemas: {
        Error: ERROR,
        Failure: FAILURE,
        Publication: toSchema(publication),
        ClientInfo: toSchema(clientInfo),
      },
      responses: RESPONSES,
    },
  };
}

const DESCRIPTION = `Each method is a POST with a JSON object. Unknown fields are ignored, and \`null\` is no field. A method that is
not done answers with 200 and \`{"error":{"code":107,"message":"…"}}\`; with the header \`X-Centrifugo-Error-Mode: transport\` with the
error alone and a status of HTTP.`;

const SECURITY = {
  header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  authorization: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The word `apikey`, a space, and the key.',
  },
  query: {
    type: 'apiKey',
    in: 'query',
    name: 'api_key',
    description: 'Logs of proxies may keep it: a header is better.',
  },
};

const ERROR = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: {
      type: 'integer',
      description: `${Object.values(ERRORS)
        .map(({ code, message }) => `${code}: ${message}`)
        .join('; ')}. Others are those of the server's owner, or of calls.`,
    },
    message: { type: 'string', description: 'One sentence for who wrote the request.' },
  },
};

const FAILURE = {
  type: 'object',
  required: ['error'],
  properties: { error: { $ref: '#/components/schemas/Error' } },
};

const RESPONSES = {
  Undecodable: describeFailure('The body is no JSON object, or a field is of another type than its own.'),
  Unauthorized: describeFailure('The key is missing or wrong.'),
  Forbidden: describeFailure('A page of another site asks without a key.'),
  TooLarge: describeFailure('The body is too long.'),
  ShuttingDown: describeFailure('The server is shutting down.'),
};

const REFUSALS = {
  400: { $ref: '#/components/responses/Undecodable' },
  401: { $ref: '#/components/responses/Unauthorized' },
  403: { $ref: '#/components/responses/Forbidden' },
  413: { $ref: '#/components/responses/TooLarge' },
  503: { $ref: '#/components/responses/ShuttingDown' },
};

const ERROR_MODE = {
  name: 'X-Centrifugo-Error-Mode',
  in: 'header',
  description: 'Errors have a status of HTTP.',
  schema: { type: 'string', enum: ['transport'] },
};

function describeFailure(description: string): JsonObject {
  return {
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
  };
}

function describeMethod({ name, summary, params, result, example }: ApiMethod): JsonObject {
  const done = { type: 'object', required: ['result'], properties: { result: toSchema(result) } };
  return describeOperation(
    { operationId: name, summary },
    { schema: toSchema(params), example: example.params },
    {
      schema: { oneOf: [done, { $ref: '#/components/schemas/Failure' }] },
      example: { result: example.result },
    },
  );
}

function describeBatch(methods: readonly ApiMethod[]): JsonObject {
  const replies = methods.map(({ name, result }) => ({
    type: 'object',
    required: [name],
    properties: { [name]: toSchema(result) },
  }));
  const reply = { oneOf: [...replies, { $ref: '#/components/schemas/Failure' }] };
  const done = {
    type: 'object',
    required: ['replies'],
    properties: { replies: { type: 'array', description: 'For each command, in order.', items: reply } },
  };
  return describeOperation(
    {
      operationId: 'batch',
      summary: `Does up to ${MAX_COMMANDS} commands, each of which is answered by itself.`,
    },
    {
      schema: toSchema(batchParams),
      example: {
        commands: [{ publish: { channel: 'room1', data: 'hi' } }, { presence_stats: { channel: 'room1' } }],
      },
    },
    {
      schema: { oneOf: [done, { $ref: '#/components/schemas/Failure' }] },
      example: {
        replies: [
          { publish: { offset: 1, epoch: 'q83vEjRW' } },
          { presence_stats: { num_clients: 2, num_users: 1 } },
        ],
      },
    },
  );
}

interface Body {
  readonly schema: JsonObject;
  readonly example: object;
}

function describeOperation(
  head: { readonly operationId: string; readonly summary: string },
  request: Body,
  answer: Body,
): JsonObject {
  return {
    ...head,
    parameters: [ERROR_MODE],
    requestBody: { required: true, content: { 'application/json': request } },
    responses: {
      200: { description: 'The result, or why there is none.', content: { 'application/json': answer } },
      ...REFUSALS,
    },
  };
}

const LINES = {
  operationId: 'lines',
  summary: `Does up to ${MAX_COMMANDS} commands, one in each line, as older server SDKs send them. A batch does the same.`,
  requestBody: {
    required: true,
    content: {
      'text/plain': {
        schema: { type: 'string' },
        example:
          '{"method":"publish","params":{"channel":"room1","data":"hi"}}\n{"method":"info","params":{}}',
      },
    },
  },
  responses: {
    200: {
      description:
        'For each command a line, in order: an object with a `result` or an `error`, and the `id` of the command.',
      content: { 'application/json': { schema: { type: 'string' } } },
    },
    ...REFUSALS,
    429: describeFailure('The key has made too many requests.'),
  },
};

const WATCH = {
  operationId: 'watch',
  summary: 'Tells what happens in a room from now on, as server-sent events that do not end.',
  parameters: [
    {
      name: 'channel',
      in: 'query',
      required: true,
      description: 'The name of the room.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    200: {
      description:
        'The events `publication` (a Publication), `join` and `leave` (an object with a ClientInfo as `info`), and at the end perhaps `end` with a `code`: `slow` or `shutdown`.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    400: describeFailure('The channel is missing, or its name is too long.'),
    401: REFUSALS[401],
    403: REFUSALS[403],
    429: describeFailure('The key has made too many requests.'),
    503: describeFailure('Too many watch already, or the server is shutting down.'),
  },
};

const EXPLAIN = {
  operationId: 'explain',
  summary:
    'Tells what was refused, dropped or closed, and what failed in the last hour, and on what grounds.',
  parameters: Object.entries(explainQuery.shape).map(([name, schema]) => {
    const { description, ...type } = toSchema(schema);
    return { name, in: 'query', required: false, description, schema: type };
  }),
  responses: {
    200: {
      description:
        'As `result`: `problems`, those that were seen last first, and `missing`, how many nodes have not answered.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              result: {
                type: 'object',
                properties: {
                  problems: { type: 'array', items: toSchema(loggedProblem) },
                  missing: { type: 'integer' },
                },
                required: ['problems', 'missing'],
              },
            },
            required: ['result'],
          },
        },
      },
    },
    400: describeFailure('A parameter is unknown, or its value is not allowed.'),
    401: REFUSALS[401],
    403: REFUSALS[403],
    429: describeFailure('The key has made too many requests.'),
    503: describeFailure('The other nodes cannot be reached.'),
  },
};

function toSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
