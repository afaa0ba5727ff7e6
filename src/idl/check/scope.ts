/** The names that can be used at a place in a .tars file: those defined above it and in included files. */

import type { ConstModel, EnumMember, EnumModel, InterfaceModel, StructModel } from './model.ts';

export type Named = EnumModel | ConstModel | StructModel | InterfaceModel;

export class Scope {
  readonly #byName = new Map<string, Named>();

  /** Adds a name, or returns the definition that has it. An interface and a type may have the same name. */
  add(definition: Named): Named | undefined {
    const key = toKey(definition);
    const other = this.#byName.get(key);
    if (other !== undefined && other !== definition) return other;
    this.#byName.set(key, definition);
    return undefined;
  }

  /** Adds all names of another scope, and returns the pairs that conflict. */
  addAll(other: Scope): (readonly [Named, Named])[] {
    const conflicts: (readonly [Named, Named])[] = [];
    for (const definition of other.#byName.values()) {
      const present = this.add(definition);
      if (present !== undefined) conflicts.push([present, definition]);
    }
    return conflicts;
  }

  /** A struct or enum by its path, as seen from a module. */
  findType(path: string, module: string): StructModel | EnumModel | undefined {
    const found = this.#byName.get(path.includes('::') ? path : `${module}::${path}`);
    return found?.kind === 'struct' || found?.kind === 'enum' ? found : undefined;
  }

  /** A struct or enum of this name in any module. */
  findElsewhere(name: string): StructModel | EnumModel | undefined {
    return [...this.#byName.values()].find(
      (definition): definition is StructModel | EnumModel =>
        definition.name === name && (definition.kind === 'struct' || definition.kind === 'enum'),
    );
  }

  /** The enum members that `A`, `E::A`, `M::A` or `M::E::A` can mean; those of the same module come first. */
  findMembers(names: readonly string[], module: string): { enum: EnumModel; member: EnumMember }[] {
    const name = names.at(-1)!;
    const owners = names.slice(0, -1);
    const found = [...this.#byName.values()].flatMap((definition) => {
      if (definition.kind !== 'enum' || !isOwner(definition, owners, module)) return [];
      return definition.members
        .filter((member) => member.name === name)
        .map((member) => ({ enum: definition, member }));
    });
    return found.sort((one, other) => rank(one.enum, module) - rank(other.enum, module));
  }
}

function toKey({ kind, module, name }: Named): string {
  return kind === 'interface' ? `interface ${module}::${name}` : `${module}::${name}`;
}

function isOwner(definition: EnumModel, owners: readonly string[], module: string): boolean {
  const [first, second] = owners;
  if (first === undefined) return true;
  if (second !== undefined) {
    return owners.length === 2 && definition.module === first && definition.name === second;
  }
  return definition.module === first || (definition.name === first && definition.module === module);
}

function rank(definition: EnumModel, module: string): number {
  return definition.module === module ? 0 : 1;
}
