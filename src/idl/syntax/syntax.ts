/** The syntax tree of a .tars file: what is written and where, before names are resolved. */

import type { Span } from './source-file.ts';

/** The comment of a definition, as lines without comment signs. */
export type Doc = readonly string[];

export interface Name extends Span {
  readonly text: string;
}

/** `A`, `M::A` or `M::E::A`. */
export interface Path extends Span {
  readonly names: readonly Name[];
  readonly text: string;
}

export type BaseName =
  | 'bool'
  | 'byte'
  | 'short'
  | 'int'
  | 'long'
  | 'unsigned byte'
  | 'unsigned short'
  | 'unsigned int'
  | 'float'
  | 'double'
  | 'string';

export type TypeSyntax = Span &
  (
    | { readonly kind: 'base'; readonly base: BaseName }
    | { readonly kind: 'vector'; readonly item: TypeSyntax }
    | { readonly kind: 'map'; readonly key: TypeSyntax; readonly value: TypeSyntax }
    | { readonly kind: 'named'; readonly path: Path }
  );

export type LiteralSyntax = Span &
  (
    | { readonly kind: 'integer'; readonly value: bigint }
    | { readonly kind: 'float'; readonly value: number }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'path'; readonly path: Path }
  );

export interface IncludeSyntax extends Span {
  readonly kind: 'include';
  readonly path: string;
}

/** A node with entries. */
interface Listing {
  /** No entry was skipped as wrong. */
  readonly complete: boolean;
}

export interface ModuleSyntax extends Listing {
  readonly kind: 'module';
  readonly name: Name;
  readonly doc: Doc;
  readonly definitions: readonly DefinitionSyntax[];
}

export type DefinitionSyntax = EnumSyntax | ConstSyntax | StructSyntax | KeySyntax | InterfaceSyntax;

export interface EnumSyntax extends Listing {
  readonly kind: 'enum';
  readonly name: Name;
  readonly doc: Doc;
  readonly members: readonly EnumMemberSyntax[];
}

export interface EnumMemberSyntax {
  readonly name: Name;
  readonly doc: Doc;
  readonly value?: LiteralSyntax;
}

export interface ConstSyntax {
  readonly kind: 'const';
  readonly name: Name;
  readonly doc: Doc;
  readonly type: TypeSyntax;
  readonly value: LiteralSyntax;
}

export interface StructSyntax extends Listing {
  readonly kind: 'struct';
  readonly name: Name;
  readonly doc: Doc;
  readonly fields: readonly FieldSyntax[];
}

export interface FieldSyntax {
  readonly tag: Span & { readonly value: bigint };
  readonly required: boolean;
  readonly type: TypeSyntax;
  readonly name: Name;
  readonly doc: Doc;
  readonly initial?: LiteralSyntax;
}

export interface KeySyntax {
  readonly kind: 'key';
  readonly struct: Path;
  readonly members: readonly Name[];
}

export interface InterfaceSyntax {
  readonly kind: 'interface';
  readonly name: Name;
  readonly doc: Doc;
  readonly functions: readonly FunctionSyntax[];
}

export interface FunctionSyntax {
  readonly name: Name;
  readonly doc: Doc;
  /** Without it the function is `void`. */
  readonly returns?: TypeSyntax;
  readonly parameters: readonly ParameterSyntax[];
}

export interface ParameterSyntax {
  readonly out: boolean;
  readonly routeKey: boolean;
  readonly type: TypeSyntax;
  readonly name: Name;
}

export interface FileSyntax extends Listing {
  readonly items: readonly (IncludeSyntax | ModuleSyntax)[];
}
