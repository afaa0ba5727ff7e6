/** The example servant: a real TARS servant of tars/hello.tars, on a loopback port of its own. */

import { createHelloAdapter, MAX_NAME, Mood, type HelloServant } from '../../tars/servants/hello.ts';
import { createServantServer, type ServantServer } from '../../tars/server/servant-server.ts';

export const HELLO_OBJECT = 'StatecastDemo.HelloServer.HelloObj';

const GREETINGS: Readonly<Record<string, string>> = {
  en: 'Hello',
  zh: '你好',
  de: 'Guten Tag',
  fr: 'Bonjour',
  es: 'Hola',
};

/** Makes the servant's server; `listen()` starts it. Port 0 takes a free one. */
export function createHelloServer(
  port: number,
  onError: (error: unknown, where: string) => void,
  now: () => number = Date.now,
): ServantServer {
  const adapter = createHelloAdapter(createHelloServant(now), {
    failed: (error, func) => onError(error, `Hello.${func}`),
  });
  return createServantServer({
    host: '127.0.0.1',
    port,
    servants: new Map([[HELLO_OBJECT, adapter]]),
    onError: (error) => onError(error, 'a connection to the example servant'),
  });
}

function createHelloServant(now: () => number): HelloServant {
  const visits = new Map<string, number>();

  function count(name: string): number {
    const visit = (visits.get(name) ?? 0) + 1;
    visits.set(name, visit);
    return visit;
  }

  return {
    async sayHello({ name }) {
      const who = shorten(name) || 'stranger';
      const visit = count(who);
      return { ret: visit === 1 ? `Hello, ${who}!` : `Hello again, ${who}! This is visit number ${visit}.` };
    },
    async add({ a, b }) {
      return { ret: (a + b) | 0 };
    },
    async greet({ visitor }) {
      const name = shorten(visitor.name);
      if (name === '') return { ret: -1, greeting: { text: '', visits: 0, at: now() } };
      const language = visitor.languages.find((code) => Object.hasOwn(GREETINGS, code)) ?? 'en';
      const end = visitor.mood === Mood.cheerful ? '!' : '.';
      return {
        ret: 0,
        greeting: { text: `${GREETINGS[language]}, ${name}${end}`, visits: count(name), at: now() },
      };
    },
    async countWords({ texts }) {
      const counts = new Map<string, number>();
      for (const word of texts
        .join(' ')
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? []) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      return { ret: counts.size, counts };
    },
    async echo({ payload }) {
      return { ret: payload };
    },
  };
}

/** As many characters as are greeted; a name is one line. */
function shorten(name: string): string {
  return Array.from(name.replaceAll(/\s+/gu, ' ').trim()).slice(0, MAX_NAME).join('');
}
