/** The types of the settings: as they may be given, and as the server gets them. */

import type * as z from 'zod';
import type { settingsSchema } from './schema.ts';

/** The settings of a server, complete and frozen. `docs/configuration.md` describes each. */
export type Settings = DeepReadonly<z.output<typeof settingsSchema>>;

/** Settings as they may be given: what is left out gets its default. */
export type SettingsInput = DeepReadonly<z.input<typeof settingsSchema>>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
