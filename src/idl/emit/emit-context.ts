/** The context that the emitters of one module share: its names and its imports. */

import { nameFile, type FileNames } from './file-names.ts';
import { layOut } from './layout.ts';
import type { ConstModel, EnumModel, FileModel, LongMode, StructModel } from '../check/model.ts';
import { isTypeName, RUNTIME_NAMES, toSpecifier, type RuntimeName } from './runtime-names.ts';

/** TypeScript, or JavaScript and its declarations. */
export type Form = 'typescript' | 'javascript' | 'declarations';

export interface EmitOptions {
  readonly long: LongMode;
  /** Emit proxies. */
  readonly client: boolean;
  /** Emit servants and their adapters. */
  readonly server: boolean;
  /** The module that generated code imports its run-time from. */
  readonly runtime: string;
  /** The objects that serve the interfaces, by `Module.Interface`. Default: none. */
  readonly objects?: ReadonlyMap<string, string>;
}

export class EmitContext {
  readonly options: EmitOptions;
  readonly form: Form;
  readonly names: FileNames;
  readonly #file: FileModel;
  readonly #moduleOf: (file: FileModel) => string;
  /** Names of the run-time, and their names in this module. */
  readonly #runtime = new Map<RuntimeName, string>();
  /** By file: its exported names, and their names in this module. */
  readonly #imports = new Map<FileModel, Map<string, string>>();

  /** @param moduleOf The module specifier of another file's generated module. */
  constructor(file: FileModel, options: EmitOptions, form: Form, moduleOf: (file: FileModel) => string) {
    this.options = options;
    this.form = form;
    this.names = nameFile(file);
    this.#file = file;
    this.#moduleOf = moduleOf;
  }

  /** Code of TypeScript alone: a type, or `as const`. JavaScript has nothing there. */
  typed(code: string): string {
    return this.form === 'javascript' ? '' : code;
  }

  /** Lines that define types alone. */
  types(lines: readonly string[]): readonly string[] {
    return this.form === 'javascript' ? [] : lines;
  }

  /** Notes that a name of the run-time must be imported, and returns its name in this module. */
  use(name: RuntimeName): string {
    const known = this.#runtime.get(name);
    if (known !== undefined) return known;
    const local = RUNTIME_NAMES.includes(name) ? name : this.names.taken.take(name);
    this.#runtime.set(name, local);
    return local;
  }

  /** The name of a struct, enum or constant in this module; one of another file is imported. */
  nameOf(definition: StructModel | EnumModel | ConstModel): string {
    if (definition.file === this.#file) return this.names.types.get(definition)!;
    const exported = nameFile(definition.file).types.get(definition)!;
    const imported = this.#imports.get(definition.file) ?? new Map<string, string>();
    this.#imports.set(definition.file, imported);
    const known = imported.get(exported);
    if (known !== undefined) return known;
    const local = this.names.taken.take(exported, `${definition.module}_${exported}`);
    imported.set(exported, local);
    return local;
  }

  /** The import declarations, sorted. */
  emitImports(): string[] {
    const runtime = [...this.#runtime]
      .filter(([name]) => this.form !== 'javascript' || !isTypeName(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, local]) => toSpecifier(name, local));
    const others = [...this.#imports].map(([file, names]) => {
      const specifiers = [...names].sort(([one], [other]) => (one < other ? -1 : 1));
      return [
        this.#moduleOf(file),
        specifiers.map(([exported, local]) => (exported === local ? local : `${exported} as ${local}`)),
      ] as const;
    });
    others.sort(([one], [other]) => (one < other ? -1 : 1));
    return [...(runtime.length === 0 ? [] : [[this.options.runtime, runtime] as const]), ...others].map(
      ([from, items]) => layOut({ open: 'import {', items, close: `} from ${quote(from)};`, padded: true }),
    );
  }
}

/** A text as a literal, in the kind of quotes that needs fewer escapes. */
export function quote(text: string): string {
  const mark = text.split("'").length > text.split('"').length ? '"' : "'";
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll(mark, `\\${mark}`)
    .replace(
      /[\u007f\u0085\u2028\u2029\ufeff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return mark + escaped + mark;
}
