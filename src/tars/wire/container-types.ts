/** `vector<T>` and `map<K, V>`: arrays and `Map`s of any TARS type. */

import { fromJson, mapFromJson, mapToJson, toJson } from './json.ts';
import type { Decoded, TarsType } from './tars-type.ts';
import { locate, refuse } from './wire-errors.ts';

/** `vector<T>`, except `vector<byte>`. */
export function vector<Item>(item: TarsType<Item>): TarsType<Item[]> {
  return {
    write(writer, tag, value) {
      if (!Array.isArray(value)) throw refuse('an array', value);
      writer.beginList(tag, value.length);
      let index = 0;
      try {
        // By index, so that a hole in the array is refused as a missing item.
        for (; index < value.length; index++) item.write(writer, 0, value[index] as Item);
      } catch (error) {
        throw locate(error, `[${index}]`);
      }
      writer.leave();
    },
    read(reader) {
      const count = reader.beginList();
      const items: Decoded<Item>[] = [];
      try {
        while (items.length < count) {
          reader.require(0);
          items.push(item.read(reader));
        }
      } catch (error) {
        throw locate(error, `[${items.length}]`);
      }
      reader.leave();
      return items;
    },
    initial: () => [],
    toJson: (items) => items.map((one) => toJson(item, one)),
    fromJson: (json, depth = 0) =>
      Array.isArray(json) ? json.map((one) => fromJson(item, one, depth + 1)) : json,
  };
}

/** `map<K, V>`. Entries keep their order; of two entries with the same key the last one counts. */
export function map<Key, Value>(
  keyType: TarsType<Key>,
  valueType: TarsType<Value>,
): TarsType<Map<Key, Value>> {
  return {
    write(writer, tag, map) {
      if (!(map instanceof Map)) throw refuse('a Map', map);
      writer.beginMap(tag, map.size);
      let index = 0;
      try {
        for (const [key, value] of map) {
          keyType.write(writer, 0, key);
          valueType.write(writer, 1, value);
          index++;
        }
      } catch (error) {
        throw locate(error, `[entry ${index}]`);
      }
      writer.leave();
    },
    read(reader) {
      const size = reader.beginMap();
      const map = new Map<Decoded<Key>, Decoded<Value>>();
      let index = 0;
      try {
        for (; index < size; index++) {
          reader.require(0);
          const key = keyType.read(reader);
          reader.require(1);
          map.set(key, valueType.read(reader));
        }
      } catch (error) {
        throw locate(error, `[entry ${index}]`);
      }
      reader.leave();
      return map;
    },
    initial: () => new Map(),
    toJson: (map) => mapToJson(keyType, valueType, map),
    fromJson: (json, depth = 0) => mapFromJson(keyType, valueType, json, depth),
  };
}
