/** The part of the registry's interface that is used here: two functions of `QueryF`, and their endpoints. */

import { method } from '../calls/method.ts';
import { optional, required, struct } from '../wire/struct.ts';
import { t } from '../wire/types.ts';

/** `EndpointF.istcp` of a TCP endpoint; other values are UDP and TLS. */
export const IS_TCP = 1;

/** An endpoint in the registry's answer, without the fields that are not used here. */
export interface EndpointF {
  host: string;
  port: number;
  timeout: number;
  istcp: number;
  grid: number;
  weight?: number;
}

export const EndpointF = struct<EndpointF>('tars.EndpointF', {
  host: required(0, t.string),
  port: required(1, t.int),
  timeout: required(2, t.int),
  istcp: required(3, t.int),
  grid: required(4, t.int),
  weight: optional(11, t.int),
});

/** The function of the registry's `QueryF` interface that knows the endpoints of all sets. */
export const QUERY_F = {
  findObjectById: method<{ id: string }, { ret: EndpointF[] }>(
    'tars.QueryF.findObjectById',
    { id: required(1, t.string) },
    { ret: required(0, t.vector(EndpointF)) },
  ),
};

/** The function of `QueryF` for one set, `name.area.group`. What it answers for a set without endpoints is its own rule. */
export const SET_QUERY_F = {
  findObjectByIdInSameSet: method<
    { id: string; setId: string },
    { ret: number; activeEp: EndpointF[]; inactiveEp: EndpointF[] }
  >(
    'tars.QueryF.findObjectByIdInSameSet',
    { id: required(1, t.string), setId: required(2, t.string) },
    {
      ret: required(0, t.int),
      activeEp: required(3, t.vector(EndpointF)),
      inactiveEp: required(4, t.vector(EndpointF)),
    },
  ),
};
