/** The model of a checked .tars file: all names are resolved, all values are in range. Code is generated from it. */

import type { Span } from '../syntax/source-file.ts';
import type { BaseName, Doc } from '../syntax/syntax.ts';

/** The TypeScript type of a `long`. */
export type LongMode = 'number' | 'string' | 'bigint';

export type Type =
  | { readonly kind: 'base'; readonly base: BaseName }
  /** `vector<byte>` */
  | { readonly kind: 'bytes' }
  | { readonly kind: 'vector'; readonly item: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'struct'; readonly struct: StructModel }
  | { readonly kind: 'enum'; readonly enum: EnumModel };

export type Value =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'long'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'enum'; readonly enum: EnumModel; readonly member: EnumMember };

interface Definition {
  readonly module: string;
  readonly name: string;
  /** The place of the name in its file. */
  readonly span: Span;
  readonly file: FileModel;
  readonly doc: Doc;
}

export interface EnumMember {
  readonly name: string;
  readonly value: number;
  readonly doc: Doc;
}

export interface EnumModel extends Definition {
  readonly kind: 'enum';
  /** No member was skipped as wrong. */
  readonly complete: boolean;
  readonly members: readonly EnumMember[];
}

export interface ConstModel extends Definition {
  readonly kind: 'const';
  readonly value: Value;
}

export interface FieldModel {
  readonly name: string;
  readonly tag: number;
  readonly required: boolean;
  readonly type: Type;
  /** The default that is written in the file. */
  readonly initial?: Value;
  readonly doc: Doc;
}

export interface StructModel extends Definition {
  readonly kind: 'struct';
  /** No member was skipped as wrong. */
  readonly complete: boolean;
  /** In the order of the file. It is filled while the struct is checked, because vectors may contain the struct itself. */
  readonly fields: FieldModel[];
}

/** `key[S, a, b]` */
export interface KeyModel {
  readonly kind: 'key';
  readonly struct: StructModel;
  readonly members: readonly string[];
}

export interface ParameterModel {
  readonly name: string;
  /** Its position among all parameters, from 1. */
  readonly tag: number;
  readonly out: boolean;
  readonly routeKey: boolean;
  readonly type: Type;
}

export interface FunctionModel {
  readonly name: string;
  readonly doc: Doc;
  readonly returns?: Type;
  readonly parameters: readonly ParameterModel[];
}

export interface InterfaceModel extends Definition {
  readonly kind: 'interface';
  readonly functions: readonly FunctionModel[];
}

export type DefinitionModel = EnumModel | ConstModel | StructModel | KeyModel | InterfaceModel;

export interface FileModel {
  /** As it is shown in messages. */
  readonly path: string;
  /** The comments of its modules. */
  readonly doc: Doc;
  readonly definitions: DefinitionModel[];
}
