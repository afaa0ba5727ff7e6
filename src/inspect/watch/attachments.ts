/**
 * All inspected actors. Each is inspected once, even if several watches follow it. Errors in here do not reach
 * actors.
 */

import type { AnyActorRef, EventObject } from 'xstate';
import { actorOf, type Sender } from '../../actors/runtime/sender.ts';
import type { ActorAddress } from '../feed/feed-protocol.ts';
import { findMembership, splitId, type Population } from '../population/population.ts';
import { Attachment, toKey, type InspectedActor, type AttachmentContext } from './attachment.ts';
import type { Listener } from './actor-listener.ts';
import { addressOf, usualSource } from './event-source.ts';
import { Inspections } from './inspections.ts';
import { WorkStack } from './work-stack.ts';

export interface AttachmentsInput {
  readonly population: Population;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly describeError: (error: unknown) => string;
}

export class Attachments {
  /** The inspected actors. */
  readonly actors = new Set<AnyActorRef>();
  readonly #input: AttachmentsInput;
  /** By the keys of their addresses. */
  readonly #attachments = new Map<string, Attachment>();
  /** Memberships that have joined. They rest as soon as their rooms have added them to the roster. */
  readonly #joined = new Set<Attachment>();
  #willSettleRests = false;
  readonly #shared: AttachmentContext;
  /** What is being sent to a watched actor: XState tells of the event right after. */
  #sending: { readonly event: EventObject; readonly from: Sender | undefined } | undefined;

  constructor(input: AttachmentsInput) {
    this.#input = input;
    this.#shared = {
      inspections: new Inspections(),
      now: input.now,
      work: new WorkStack(),
      describeError: input.describeError,
      senderOf: (event) => this.#takeSender(event),
      detached: (attachment) => this.#remove(attachment),
      tell: (attachment, tell) => this.#tell(attachment, tell),
      broke: (attachment, error) => {
        for (const listener of attachment.listeners) listener.broke(error);
      },
    };
  }

  attach(address: ActorAddress, actor: InspectedActor, listener: Listener): Attachment {
    const key = toKey(address);
    let attachment = this.#attachments.get(key);
    if (attachment === undefined) {
      attachment = new Attachment(address, actor, this.#shared);
      this.#attachments.set(key, attachment);
      this.actors.add(actor);
    }
    attachment.listeners.add(listener);
    return attachment;
  }

  release(attachment: Attachment, listener: Listener): void {
    attachment.listeners.delete(listener);
    if (attachment.listeners.size === 0) attachment.detach();
  }

  /** An event is about to be sent. */
  sent(to: AnyActorRef, event: EventObject, from: Sender | undefined): void {
    if (this.actors.has(to)) this.#sending = { event, from };
    const sender = actorOf(from);
    if (sender !== undefined && this.actors.has(sender))
      this.#attachments.get(toKey(addressOf(sender)))?.reaches(addressOf(to));
  }

  /** An actor is being created: a membership or a moderation by its room. */
  started(address: ActorAddress): void {
    const starter = usualSource('xstate.init', address);
    if (starter !== undefined && 'kind' in starter) this.#attachments.get(toKey(starter))?.reaches(address);
  }

  /** Another actor is being created for an address: the one before it has ended, even if that was not told yet. */
  supersede(address: ActorAddress, actor: InspectedActor): void {
    const before = this.#attachments.get(toKey(address));
    if (before === undefined || before.actor === actor) return;
    before.end(this.#joined.has(before) ? 'rested' : 'ended');
  }

  threw(address: ActorAddress, event: EventObject, error: unknown): void {
    this.#attachments.get(toKey(address))?.threw(event, error);
  }

  /** Ends the inspection of memberships that rest. Their actors are dropped, which XState does not tell. */
  settleRests(): void {
    for (const attachment of this.#joined) {
      const { part, room } = splitId(attachment.address.id);
      const inRoom = this.#input.population.directory.rooms.get(room);
      const entry = inRoom && findMembership(inRoom, part);
      if (entry !== undefined && entry.actor === undefined) attachment.end('rested');
    }
  }

  #takeSender(event: EventObject): Sender | undefined {
    const sending = this.#sending;
    this.#sending = undefined;
    return sending?.event === event ? sending.from : undefined;
  }

  #tell(attachment: Attachment, tell: (listener: Listener) => void): void {
    for (const listener of attachment.listeners) {
      try {
        tell(listener);
      } catch (error) {
        listener.broke(error);
      }
    }
    if (attachment.address.kind === 'membership') this.#noteJoined(attachment);
  }

  #noteJoined(attachment: Attachment): void {
    if (attachment.states[0] !== 'joined' || !this.actors.has(attachment.actor)) {
      this.#joined.delete(attachment);
      return;
    }
    this.#joined.add(attachment);
    if (this.#willSettleRests) return;
    this.#willSettleRests = true;
    // By then the room has added the member to its roster, unless its machine has failed.
    queueMicrotask(() => {
      this.#willSettleRests = false;
      this.settleRests();
    });
  }

  #remove(attachment: Attachment): void {
    if (this.#attachments.get(attachment.key) === attachment) this.#attachments.delete(attachment.key);
    this.actors.delete(attachment.actor);
    this.#joined.delete(attachment);
  }
}
