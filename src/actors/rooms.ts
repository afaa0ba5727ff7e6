/** The way into rooms for connections, HTTP and the library: it checks names and messages, opens rooms, and passes events on. */

import type { Clock } from '../system/clock.ts';
import type { Broker } from '../broker/broker.ts';
import type { Presence } from '../broker/presence/presence.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Json } from '../protocol/command.ts';
import { because, createRefusal, ERRORS, type Refusal } from '../protocol/errors.ts';
import { refuseMessage, refuseRoomName, type MessageLimits } from '../protocol/limits.ts';
import { failCall } from '../protocol/rpc-errors.ts';
import type { MembershipStore, StoredMember } from '../storage/membership-store.ts';
import type { Directory } from './directory.ts';
import type { Durability } from './room/journal.ts';
import type { Publisher, RoomEntry, RoomsPort, RpcPort, RpcRequester, Subscriber } from './room/ports.ts';
import {
  allowsCall,
  allowsJoin,
  allowsPublish,
  refuseToJoin,
  refuseToPublish,
} from './room/rules/refuse-by-rules.ts';
import type { Taps } from './room/stream/taps.ts';
import { judgesMessages, publishAs, refuseAsMuted, type PublishingRoom } from './room/broadcast-effects.ts';
import { GuestRooms } from './room/guest-rooms.ts';
import { queryPart, tellPart } from './room/parts/parts.ts';
import { isListed, toRoomMember } from './room/room-member.ts';
import type { RoomOptions } from './room/room-options.ts';
import { createRoomRecord } from './room/room-record.ts';
import { createRoomStore } from './room/room-store.ts';
import { StorePace } from './room/store-pace.ts';
import type { Machines } from './machines.ts';
import { viewMembers, type AwayMember, type MemberView, type RestingMember } from './room/roster.ts';
import { nameRoom, SERVER } from './runtime/sender.ts';
import { StreamReading } from './room/stream/stream-reading.ts';
import { SupervisedRoom } from './room/supervised-room.ts';

export interface RoomsInput {
  readonly directory: Directory;
  readonly store: MembershipStore;
  readonly broker: Broker;
  /** It is told of the publications that the broker brings. */
  readonly taps: Taps;
  readonly presence: Presence;
  readonly rpc: RpcPort;
  readonly events: EventSink;
  readonly clock: Clock;
  /** The limits and handlers of a room of this name. */
  readonly optionsOf: (room: string) => RoomOptions;
  readonly durability: Durability;
  /** How long a change may wait for others to be written with it, in milliseconds. */
  readonly flushMs: number;
  /** How long a user stays away before it is off the roster, in milliseconds. */
  readonly awayTtlMs: number;
  /** How long a user whose connection has broken is waited for, in milliseconds. */
  readonly reconnectMs: number;
  readonly limits: MessageLimits & {
    /** Rooms that may be in memory at a time. */
    readonly rooms: number;
    /** How many of them may have been opened by messages and calls of clients, and have had no member yet. */
    readonly guestRooms: number;
  };
  /** Whether only the server may publish in a room. */
  readonly isMuted: (room: string) => boolean;
  /** Whether rooms may still be opened; a server that stops opens none. */
  readonly isStopping: () => boolean;
  /** Whether rooms of an earlier run are still being opened. */
  readonly isRestoring: () => boolean;
  /** Sends a message to every connection. The server's machine decides whether that is possible now. */
  readonly broadcast: (data: Json, publisher: Publisher) => void;
  /** What rooms, memberships and judged messages run. */
  readonly machines: Machines;
}

export interface Rooms extends RoomsPort {
  /** Opens a room of an earlier run, however many are open. */
  restore(room: string): SupervisedRoom | Refusal;
  /** Opens a room, or finds it open. */
  open(room: string): SupervisedRoom | Refusal;
  /** Who is in a room or away, on any node. */
  members(room: string): Promise<MemberView[] | Refusal>;
}

/** A join, a message or a call. */
type Asked =
  | { readonly subscriber: Subscriber; readonly entry: RoomEntry | undefined }
  | Publisher
  | { readonly requester: RpcRequester };

export function createRooms(input: RoomsInput): Rooms {
  const { directory, limits, events } = input;
  const { rooms } = directory;
  const storeShared = { store: input.store, pace: new StorePace(input.store.parallel), clock: input.clock };

  const guests = new GuestRooms(limits.guestRooms);

  // What a client sends in a row is most often for one room, which is then not looked up again.
  let latest: SupervisedRoom | undefined;
  let latestName: string | undefined;

  /** A room that is open. */
  function find(room: string): SupervisedRoom | undefined {
    if (latest !== undefined && room === latestName) return latest;
    const known = rooms.get(room);
    if (known === undefined) return undefined;
    latest = known;
    latestName = known.name;
    return known;
  }

  /** @param asked For what the room is opened. A room is not opened for what its rules do not allow. */
  function open(room: string, asked?: Asked): SupervisedRoom | Refusal {
    const known = find(room);
    if (known !== undefined) return known;
    const options = examine(room, asked);
    if ('error' in options) return options;
    return openAnother(room, options, asked !== undefined && isOfGuest(asked));
  }

  /** A room without members that judges no message needs no machine: its stream takes the message. */
  function openFor(room: string, publisher: Publisher): SupervisedRoom | PublishingRoom | Refusal {
    const known = find(room);
    if (known !== undefined) return known;
    const options = examine(room, publisher);
    if ('error' in options) return options;
    if (judgesMessages(options)) return openAnother(room, options, isOfGuest(publisher));
    if (input.isMuted(room) && publisher.member !== undefined) return refuseAsMuted(room);
    return { record: { name: room, options }, broker: input.broker, events, self: nameRoom(room) };
  }

  /** Opens a room of an earlier run, however many are open. */
  function restore(room: string): SupervisedRoom | Refusal {
    const known = find(room);
    if (known !== undefined) return known;
    const options = examine(room);
    return 'error' in options ? options : create(room, options, false);
  }

  /** Has the presence list a member as it is now. */
  function list(room: string, { subscriber, grant, joinedAt }: RestingMember): void {
    const listed = { ...toRoomMember(subscriber.member, grant), joinedAt };
    tellPart(input, 'presence', room, () => input.presence.add(room, listed));
  }

  /** Who is away, on any node. What this node knows is newer than what the store has. */
  async function listAway(room: string): Promise<AwayMember[]> {
    const { roster, journal } = rooms.get(room)?.record ?? {};
    const own = roster?.awayMembers() ?? [];
    const stored = (await input.store.awayMembers?.(room)) ?? [];
    const ids = new Set(own.map(({ id }) => id));
    const others = stored.filter(isAway).filter(({ id }) => !ids.has(id) && journal?.has(id) !== true);
    return [...own, ...others];
  }

  /** The options of a room that may be opened. */
  function examine(room: string, asked?: Asked): RoomOptions | Refusal {
    const refusal = refuseRoomName(room, limits);
    if (refusal !== undefined) return refusal;
    if (input.isStopping()) return createRefusal('notAvailable', 'the server is shutting down');
    const options = input.optionsOf(room);
    return (asked === undefined ? undefined : refuseByRules(options, room, asked)) ?? options;
  }

  function openAnother(room: string, options: RoomOptions, isGuest: boolean): SupervisedRoom | Refusal {
    if (rooms.size >= limits.rooms) {
      return refuseMore(`the server has ${limits.rooms} rooms open already`, 'rooms', rooms.size);
    }
    if (isGuest && guests.isFull()) {
      const message = `the server has ${limits.guestRooms} rooms open that nobody has joined`;
      return refuseMore(message, 'guestRooms', limits.guestRooms);
    }
    return create(room, options, isGuest);
  }

  function refuseMore(message: string, name: 'rooms' | 'guestRooms', open: number): Refusal {
    const limit = { name: `limits.${name}`, value: limits[name], actual: open + 1 };
    return because(createRefusal('limitExceeded', message), { machine: 'server', limit });
  }

  function create(room: string, options: RoomOptions, isGuest: boolean): SupervisedRoom {
    const { durability, clock, broker, taps, presence, rpc, flushMs, awayTtlMs, reconnectMs, machines } =
      input;
    const record = createRoomRecord(room, options, {
      durability,
      startedAt: clock.monotonic(),
      muted: input.isMuted(room),
    });
    const opened = new SupervisedRoom({
      record,
      store: createRoomStore(storeShared, room),
      broker,
      taps,
      presence,
      rpc,
      events,
      clock,
      system: directory.system,
      absence: directory.absence,
      flushMs,
      awayTtlMs,
      reconnectMs,
      onEnd: () => {
        rooms.delete(room);
        if (isGuest) guests.delete(record);
        latest = undefined;
      },
      machine: machines.room,
      machines,
    });
    rooms.set(room, opened);
    if (isGuest) guests.add(record);
    return opened;
  }

  return {
    open,
    restore,

    refuseName: (room) => refuseRoomName(room, limits),

    isOpen: (room) => rooms.has(room),

    join(room, subscriber, entry) {
      const opened = open(room, { subscriber, entry });
      if (opened instanceof SupervisedRoom) {
        opened.send({ type: 'room.join', subscriber, entry }, subscriber.sender);
        return;
      }
      events.emit('member.refused', { room, member: subscriber.member, refusal: opened });
      subscriber.send({ type: 'room.refused', room, refusal: opened }, nameRoom(room));
    },

    readStream(room, request) {
      const { stream: offer } = rooms.get(room)?.record.options ?? input.optionsOf(room);
      return new StreamReading({ room, request, offer, broker: input.broker, taps: input.taps });
    },

    noteGrant(room, { id }, grant) {
      const joined = rooms.get(room)?.record.roster.joined;
      const member = joined?.get(id);
      if (member === undefined) return;
      joined?.set(id, { ...member, grant });
      if (isListed(grant) === isListed(member.grant)) return;
      if (isListed(grant)) list(room, { ...member, grant });
      else tellPart(input, 'presence', room, () => input.presence.remove(room, id));
    },

    relist(room, { id }) {
      const member = rooms.get(room)?.record.roster.joined.get(id);
      if (member !== undefined && isListed(member.grant)) list(room, member);
    },

    tellBack(room, { user }) {
      if (user !== undefined) directory.absence.tellResumed(user, room);
    },

    leave(room, subscriber, reason) {
      const open = rooms.get(room);
      if (open === undefined) subscriber.send({ type: 'room.left', room }, nameRoom(room));
      else open.send({ type: 'room.leave', subscriber, reason }, subscriber.sender);
    },

    putOut(room, { member, sender }, refusal) {
      rooms.get(room)?.send({ type: 'room.kick', id: member.id, refusal }, sender);
    },

    publish(room, data, publisher) {
      const opened = refuseMessage(data, limits) ?? openFor(room, publisher);
      if (opened instanceof SupervisedRoom)
        opened.send({ type: 'room.publish', data, publisher }, publisher.sender);
      else if ('record' in opened) publishAs(opened, data, publisher);
      else publisher.settle({ type: 'refused', refusal: opened }, nameRoom(room));
    },

    call(room, method, args, requester) {
      const { member } = requester;
      const isForbidden =
        !rooms.has(room) &&
        refuseRoomName(room, limits) === undefined &&
        !allowsCall(input.optionsOf(room), method, { member, seat: undefined });
      if (isForbidden) {
        requester.settle(failCall('notAllowed'), nameRoom(room));
        return;
      }
      const opened = open(room, { requester });
      if (opened instanceof SupervisedRoom)
        opened.send({ type: 'room.call', method, args, requester }, requester.sender);
      else
        requester.settle(
          {
            type: 'failed',
            code: ERRORS[opened.error].code,
            message: opened.message,
            grounds: opened.grounds,
          },
          nameRoom(room),
        );
    },

    broadcast(data, publisher) {
      const refusal = refuseMessage(data, limits);
      if (refusal === undefined) input.broadcast(data, publisher);
      else publisher.settle({ type: 'refused', refusal }, SERVER);
    },

    async members(room) {
      const refusal = refuseRoomName(room, limits);
      if (refusal !== undefined) return refusal;
      // Who is away is known when the room is open.
      const known = input.isRestoring() ? restore(room) : find(room);
      if (known instanceof SupervisedRoom) await known.untilOpen();
      const list = async () => Promise.all([input.presence.list(room), listAway(room)]);
      const toViews = ([present, away]: Awaited<ReturnType<typeof list>>) => ({
        members: viewMembers(present, away),
      });
      const answer = await queryPart(input, 'presence', room, list, toViews);
      return 'refusal' in answer ? answer.refusal : answer.members;
    },
  };
}

function isAway(member: StoredMember): member is AwayMember {
  return member.user !== undefined && member.awaySince !== undefined;
}

/** Nobody is in a room that is not in memory. */
function refuseByRules(options: RoomOptions, room: string, asked: Asked): Refusal | undefined {
  // Of calls, that depends on the function.
  if ('requester' in asked) return undefined;
  if ('entry' in asked) {
    const isAllowed = allowsJoin(options, asked.subscriber.member, asked.entry);
    return isAllowed ? undefined : refuseToJoin(options, room);
  }
  return allowsPublish(options, asked.member, undefined) ? undefined : refuseToPublish(options, room);
}

/** Whether a client asks for something that it need not be in the room for. */
function isOfGuest(asked: Asked): boolean {
  if ('entry' in asked) return false;
  return 'requester' in asked || asked.member !== undefined;
}
