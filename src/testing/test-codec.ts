/** The protocol of test clients: commands, replies and pushes as JSON, as the server itself knows them. */

import type { Codec } from '../protocol/codec.ts';
import type { Broadcast, Command, MemberChange, Publication, Push, Reply } from '../protocol/command.ts';
import { writeExactJson } from '../protocol/json/exact-json.ts';

/** What a test client gets. */
export type TestFrame =
  | { readonly reply: Reply }
  | { readonly push: Push }
  | { readonly publication: Publication }
  | { readonly broadcast: Broadcast }
  | { readonly change: MemberChange };

export const TEST_PATH = '/statecast-test';

export const testCodec: Codec = {
  name: 'test',
  subprotocols: [],
  greeting: 'connect',
  keepsOrder: false,
  readsStreams: true,
  // Only test clients write to it, by `encodeCommand`.
  decode: (frame) => [JSON.parse(String(frame)) as Command],
  encodeReply: (reply) => [write({ reply: plain(reply) })],
  encodePush: (push) => [write({ push })],
  encodePublication: (publication) => write({ publication }),
  encodeBroadcast: (broadcast) => write({ broadcast }),
  encodeMemberChange: (change) => write({ change }),
};

export function encodeCommand(command: Command): string {
  return JSON.stringify(command);
}

export function decodeFrame(frame: string): TestFrame {
  return JSON.parse(frame) as TestFrame;
}

function write(frame: TestFrame): string {
  return JSON.stringify(frame);
}

/** Numbers of results as JavaScript has them. */
function plain(reply: Reply): Reply {
  if (reply.type !== 'called' || reply.outcome.type !== 'result') return reply;
  return {
    ...reply,
    outcome: { type: 'result', result: JSON.parse(writeExactJson(reply.outcome.result)) as null },
  };
}
