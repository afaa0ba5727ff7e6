/** Which codec a socket speaks: by the path of its handshake, and by `format` in the query. */

import type { Codec } from '../protocol/codec.ts';
import type { RequestHead, TransportResponse } from './common/transport.ts';
import { jsonError } from './common/responses.ts';

/** Returns the codec of a handshake, the response that refuses it, or nothing if no codec has this path. */
export type CodecChoice = (request: RequestHead) => Codec | TransportResponse | undefined;

/**
 * @param codecs By path.
 * @param jsonCodecs The codecs of the same paths with `?format=json`. On other paths `format` means nothing.
 */
export function createCodecChoice(
  codecs: ReadonlyMap<string, Codec>,
  jsonCodecs: ReadonlyMap<string, Codec>,
): CodecChoice {
  return ({ path, query }) => {
    const codec = codecs.get(path);
    const jsonCodec = jsonCodecs.get(path);
    if (codec === undefined || jsonCodec === undefined || !query.includes('format')) return codec;
    const format = new URLSearchParams(query).get('format');
    if (format === null) return codec;
    if (format === 'json') return jsonCodec;
    return jsonError(400, `format is json or is left out, and here it is ${JSON.stringify(format)}`);
  };
}

export function isCodec(choice: Codec | TransportResponse): choice is Codec {
  return 'decode' in choice;
}
