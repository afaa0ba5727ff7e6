/** What the platform's registry says on the wire, as far as we ask it: `QueryF.findObjectById` and its endpoints. */

import { method } from '../calls/method.ts';
import { optional, required, struct } from '../wire/struct.ts';
import { t } from '../wire/types.ts';

/** `EndpointF.istcp` of an endpoint that is reached by TCP; others are UDP and TLS. */
export const IS_TCP = 1;

/** An endpoint as the registry knows it. Fields that we have no use for are not read, and not sent. */
export interface EndpointF {
  host: string;
  port: number;
  timeout: number;
  istcp: number;
  grid: number;
  weight?: number;
}

const EndpointF = struct<EndpointF>('tars.EndpointF', {
  host: required(0, t.string),
  port: required(1, t.int),
  timeout: required(2, t.int),
  istcp: required(3, t.int),
  grid: required(4, t.int),
  weight: optional(11, t.int),
});

/** The functions of the registry's `QueryF` interface that we call, and that a stand-in for it answers. */
export const QUERY_F = {
  findObjectById: method<{ id: string }, { ret: EndpointF[] }>(
    'tars.QueryF.findObjectById',
    { id: required(1, t.string) },
    { ret: required(0, t.vector(EndpointF)) },
  ),
};
