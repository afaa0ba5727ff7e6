/** The types of the .tars language under one name: generated code says `t.int`, `t.vector(t.string)`. */

import { map, vector } from './container-types.ts';
import {
  bool,
  byte,
  bytes,
  double,
  enumeration,
  float,
  int,
  long,
  longBigint,
  longString,
  short,
  string,
  unsignedByte,
  unsignedInt,
  unsignedShort,
} from './scalar-types.ts';

export const t = {
  bool,
  byte,
  short,
  int,
  long,
  longBigint,
  longString,
  unsignedByte,
  unsignedShort,
  unsignedInt,
  float,
  double,
  string,
  bytes,
  enum: enumeration,
  vector,
  map,
} as const;
