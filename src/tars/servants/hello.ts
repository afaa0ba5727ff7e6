/**
 * Generated from hello.tars by statecast tars2ts; do not edit.
 *
 * The example servant: small functions that show what a call can carry. The chat page's hello panel calls it.
 */

import {
  type AdapterOptions,
  type CallOptions,
  type Caller,
  type Decoded,
  type ServantAdapter,
  type ServantCall,
  createProxy,
  createServantAdapter,
  method,
  optional,
  required,
  struct,
  t,
} from '../runtime.ts';

/** The tone of a greeting. */
export const Mood = {
  plain: 0,
  cheerful: 1,
  formal: 2,
} as const;
export type Mood = (typeof Mood)[keyof typeof Mood];

/** The longest name that is greeted, in characters. */
export const MAX_NAME = 64;

/** Who is greeted, and how. */
export interface Visitor {
  /** The name to greet. */
  name: string;
  /** How to greet. */
  mood?: Mood;
  /** The languages the visitor reads, the best one first. */
  languages?: string[];
}

/** Encodes and decodes `Visitor`. */
export const Visitor = struct<Visitor>('StatecastDemo.Visitor', {
  name: required(0, t.string),
  mood: optional(1, t.enum(Mood), Mood.cheerful),
  languages: optional(2, t.vector(t.string)),
});

/** A greeting. */
export interface Greeting {
  /** What to show. */
  text: string;
  /** How often this name has been greeted since the servant started. */
  visits: number;
  /** The time of the greeting, in milliseconds since 1970. */
  at: number;
}

/** Encodes and decodes `Greeting`. */
export const Greeting = struct<Greeting>('StatecastDemo.Greeting', {
  text: required(0, t.string),
  visits: required(1, t.int),
  at: required(2, t.long),
});

/** The arguments of `Hello.sayHello`. */
export interface HelloSayHelloArgs {
  /** at most MAX_NAME characters */
  name: string;
}

/** The result of `Hello.sayHello`. */
export interface HelloSayHelloResult {
  /** what to show */
  ret: string;
}

/** The arguments of `Hello.add`. */
export interface HelloAddArgs {
  a: number;
  b: number;
}

/** The result of `Hello.add`. */
export interface HelloAddResult {
  /** the sum, which wraps around as an int does */
  ret: number;
}

/** The arguments of `Hello.greet`. */
export interface HelloGreetArgs {
  /** who is greeted */
  visitor: Visitor;
}

/** The result of `Hello.greet`. */
export interface HelloGreetResult {
  /** 0, or -1 when there is no name to greet */
  ret: number;
  /** the greeting */
  greeting: Greeting;
}

/** The arguments of `Hello.countWords`. */
export interface HelloCountWordsArgs {
  /** the texts */
  texts: string[];
}

/** The result of `Hello.countWords`. */
export interface HelloCountWordsResult {
  /** how many different words there are */
  ret: number;
  /** how often each word occurs */
  counts: Map<string, number>;
}

/** The arguments of `Hello.echo`. */
export interface HelloEchoArgs {
  payload: Uint8Array;
}

/** The result of `Hello.echo`. */
export interface HelloEchoResult {
  ret: Uint8Array;
}

/** The functions of `Hello` with the types of their parameters. */
export const HelloMethods = {
  sayHello: method<HelloSayHelloArgs, HelloSayHelloResult>(
    'StatecastDemo.Hello.sayHello',
    { name: required(1, t.string) },
    { ret: required(0, t.string) },
  ),
  add: method<HelloAddArgs, HelloAddResult>(
    'StatecastDemo.Hello.add',
    { a: required(1, t.int), b: required(2, t.int) },
    { ret: required(0, t.int) },
  ),
  greet: method<HelloGreetArgs, HelloGreetResult>(
    'StatecastDemo.Hello.greet',
    { visitor: required(1, Visitor) },
    { ret: required(0, t.int), greeting: required(2, Greeting) },
  ),
  countWords: method<HelloCountWordsArgs, HelloCountWordsResult>(
    'StatecastDemo.Hello.countWords',
    { texts: required(1, t.vector(t.string)) },
    { ret: required(0, t.int), counts: required(2, t.map(t.string, t.int)) },
  ),
  echo: method<HelloEchoArgs, HelloEchoResult>(
    'StatecastDemo.Hello.echo',
    { payload: required(1, t.bytes) },
    { ret: required(0, t.bytes) },
  ),
};

export interface HelloProxy {
  /** Greets by name. */
  sayHello(args: HelloSayHelloArgs, options?: CallOptions): Promise<Decoded<HelloSayHelloResult>>;
  /** Adds two numbers. */
  add(args: HelloAddArgs, options?: CallOptions): Promise<Decoded<HelloAddResult>>;
  /** Greets a visitor in a language the visitor reads. */
  greet(args: HelloGreetArgs, options?: CallOptions): Promise<Decoded<HelloGreetResult>>;
  /** Counts words; upper and lower case are the same. */
  countWords(args: HelloCountWordsArgs, options?: CallOptions): Promise<Decoded<HelloCountWordsResult>>;
  /** Returns the bytes it got. */
  echo(args: HelloEchoArgs, options?: CallOptions): Promise<Decoded<HelloEchoResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createHelloProxy(caller: Caller): HelloProxy {
  return createProxy(HelloMethods, caller);
}

export interface HelloServant {
  /** Greets by name. */
  sayHello(args: Decoded<HelloSayHelloArgs>, call: ServantCall): Promise<HelloSayHelloResult>;
  /** Adds two numbers. */
  add(args: Decoded<HelloAddArgs>, call: ServantCall): Promise<HelloAddResult>;
  /** Greets a visitor in a language the visitor reads. */
  greet(args: Decoded<HelloGreetArgs>, call: ServantCall): Promise<HelloGreetResult>;
  /** Counts words; upper and lower case are the same. */
  countWords(args: Decoded<HelloCountWordsArgs>, call: ServantCall): Promise<HelloCountWordsResult>;
  /** Returns the bytes it got. */
  echo(args: Decoded<HelloEchoArgs>, call: ServantCall): Promise<HelloEchoResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createHelloAdapter(servant: HelloServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(HelloMethods, servant, options);
}
