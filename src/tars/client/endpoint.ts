/** Parses the addresses of servants as TARS writes them. */

import type { EndpointAddress } from '../servant-link.ts';

/** The TCP address of a servant. */
export interface Endpoint extends EndpointAddress {
  /** The value of `-t`, in milliseconds: a server closes connections that are idle for so long. */
  readonly timeoutMs?: number;
}

export type ParsedEndpoint =
  | { readonly ok: true; readonly endpoint: Endpoint }
  | { readonly ok: false; readonly problem: string };

/** An object's name and its endpoints; if there are none, the registry must be asked. */
export type ParsedObject =
  | { readonly ok: true; readonly name: string; readonly endpoints: readonly Endpoint[] }
  | { readonly ok: false; readonly problem: string };

const OBJECT_NAME = /^\w[\w-]*(\.\w[\w-]*){2}$/;
/** An IPv6 host has colons too, so only a colon before a transport's name separates endpoints. */
const BETWEEN_ENDPOINTS = /:(?=\s*(?:tcp|udp|ssl)\s)/iu;
const MAX_PORT = 65_535;

/** Reads `App.Server.Obj@tcp -h HOST -p PORT[:tcp …]`, or `App.Server.Obj` alone. */
export function parseObject(text: string): ParsedObject {
  const at = text.indexOf('@');
  const name = (at === -1 ? text : text.slice(0, at)).trim();
  if (!isObjectName(name)) {
    return refuse(`an object is named App.Server.Obj, not ${JSON.stringify(name)}`);
  }
  if (at === -1) return { ok: true, name, endpoints: [] };
  const endpoints: Endpoint[] = [];
  for (const part of text.slice(at + 1).split(BETWEEN_ENDPOINTS)) {
    const parsed = parseEndpoint(part);
    if (!parsed.ok) return refuse(`${name}: ${parsed.problem}`);
    endpoints.push(parsed.endpoint);
  }
  return { ok: true, name, endpoints };
}

/** Whether a text is the name of an object: `App.Server.Obj`. */
export function isObjectName(text: string): boolean {
  return OBJECT_NAME.test(text);
}

/**
 * Reads `tcp -h HOST -p PORT [-t MS]`. Other flags of the platform are ignored.
 * @param options.leastPort The least port. Default 1; 0 where a server may take a free port.
 */
export function parseEndpoint(
  text: string,
  { leastPort = 1 }: { readonly leastPort?: number } = {},
): ParsedEndpoint {
  const [transport = '', ...words] = text.trim().split(/\s+/u);
  if (transport === '') return refuse('an endpoint is missing: it reads tcp -h HOST -p PORT');
  if (transport.toLowerCase() !== 'tcp') {
    return refuse(`endpoints are reached by tcp only, and ${JSON.stringify(transport)} was given`);
  }
  const flags = readFlags(words);
  if (typeof flags === 'string') return refuse(flags);
  const host = flags.get('-h') ?? '';
  if (host === '') return refuse('the endpoint has no host: -h HOST');
  const port = flags.get('-p') ?? '';
  if (!isNumber(port, leastPort, MAX_PORT)) {
    return refuse(`the endpoint's port is a number from ${leastPort} to ${MAX_PORT}: -p ${port || 'PORT'}`);
  }
  const timeout = flags.get('-t');
  if (timeout === undefined) return { ok: true, endpoint: { host, port: Number(port) } };
  if (!isNumber(timeout, 0, Number.MAX_SAFE_INTEGER)) {
    return refuse(`the endpoint's time-out is in whole milliseconds: -t ${timeout || 'MS'}`);
  }
  return { ok: true, endpoint: { host, port: Number(port), timeoutMs: Number(timeout) } };
}

/** The endpoint as TARS writes it; also used as its key. */
export function formatEndpoint({ host, port }: EndpointAddress): string {
  return `tcp -h ${host} -p ${port}`;
}

export function isSameEndpoint(one: EndpointAddress, other: EndpointAddress): boolean {
  return one.host === other.host && one.port === other.port;
}

/** Values by their flags, or what is wrong. Some flags of the platform have no value. */
function readFlags(words: readonly string[]): Map<string, string> | string {
  const flags = new Map<string, string>();
  let flag = '';
  for (const word of words) {
    if (isFlag(word)) {
      flag = word;
      if (flags.has(flag)) return `${flag} is given twice in one endpoint`;
      flags.set(flag, '');
    } else if (flag === '') {
      return `a flag such as -h is expected before ${JSON.stringify(word)}`;
    } else {
      flags.set(flag, word);
      flag = '';
    }
  }
  return flags;
}

function isFlag(word: string): boolean {
  return /^-[a-z]$/iu.test(word);
}

function isNumber(text: string, least: number, most: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
