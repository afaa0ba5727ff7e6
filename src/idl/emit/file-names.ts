/** The name of each definition of a .tars file in its generated module. It depends on that file alone. */

import type {
  FileModel,
  FunctionModel,
  InterfaceModel,
  KeyModel,
  ConstModel,
  EnumModel,
  StructModel,
} from '../check/model.ts';
import { NameSet, RESERVED_METHODS, RESERVED_NAMES, upperFirst } from './names.ts';
import { RUNTIME_NAMES } from './runtime-names.ts';

export interface FunctionNames {
  /** The method of the proxy and of the servant. */
  readonly method: string;
  readonly args: string;
  readonly result: string;
}

export interface InterfaceNames {
  readonly methods: string;
  readonly proxy: string;
  readonly createProxy: string;
  readonly servant: string;
  readonly createAdapter: string;
  readonly functions: ReadonlyMap<FunctionModel, FunctionNames>;
}

export interface FileNames {
  readonly types: ReadonlyMap<StructModel | EnumModel | ConstModel, string>;
  readonly interfaces: ReadonlyMap<InterfaceModel, InterfaceNames>;
  readonly keys: ReadonlyMap<KeyModel, string>;
  /** All names of the module: imported names must differ from them. */
  readonly taken: NameSet;
}

/**
 * Names a file's definitions: first structs, enums and constants, then interfaces, then keys. A name that is taken by
 * another module of the file gets its module's name in front.
 */
export function nameFile({ definitions }: FileModel): FileNames {
  const taken = new NameSet([...RESERVED_NAMES, ...RUNTIME_NAMES]);
  const types = new Map<StructModel | EnumModel | ConstModel, string>();
  const interfaces = new Map<InterfaceModel, InterfaceNames>();
  const keys = new Map<KeyModel, string>();
  for (const definition of definitions) {
    if (definition.kind === 'interface' || definition.kind === 'key') continue;
    const { name, module } = definition;
    types.set(definition, isReserved(name) ? taken.take(`${name}_`) : taken.take(name, `${module}_${name}`));
  }
  for (const definition of definitions) {
    if (definition.kind === 'interface') interfaces.set(definition, nameInterface(definition, taken));
  }
  for (const definition of definitions) {
    if (definition.kind === 'key')
      keys.set(definition, taken.take(`keyOf${upperFirst(definition.struct.name)}`));
  }
  return { types, interfaces, keys, taken };
}

function isReserved(name: string): boolean {
  return RESERVED_NAMES.includes(name) || RUNTIME_NAMES.includes(name);
}

function nameInterface({ name, module, functions }: InterfaceModel, taken: NameSet): InterfaceNames {
  const isFree = (base: string) => PARTS.every((part) => !taken.has(part(base)));
  const plain = upperFirst(name);
  const base = isFree(plain) ? plain : `${upperFirst(module)}_${plain}`;
  const [methods, proxy, createProxy, servant, createAdapter] = PARTS.map((part) => taken.take(part(base)));
  const methodNames = new NameSet(RESERVED_METHODS);
  return {
    methods: methods!,
    proxy: proxy!,
    createProxy: createProxy!,
    servant: servant!,
    createAdapter: createAdapter!,
    functions: new Map(
      functions.map((func) => [
        func,
        {
          method: methodNames.take(func.name),
          args: taken.take(`${base}${upperFirst(func.name)}Args`),
          result: taken.take(`${base}${upperFirst(func.name)}Result`),
        },
      ]),
    ),
  };
}

const PARTS: readonly ((base: string) => string)[] = [
  (base) => `${base}Methods`,
  (base) => `${base}Proxy`,
  (base) => `create${base}Proxy`,
  (base) => `${base}Servant`,
  (base) => `create${base}Adapter`,
];
