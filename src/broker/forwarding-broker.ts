/** A broker that passes everything on to another one. What stands in front of a broker changes some of it. */

import type { Json, MemberInfo, RoomMember } from '../protocol/command.ts';
import type {
  Accepted,
  Broker,
  BrokerListener,
  History,
  HistoryQuery,
  Position,
  PublishOptions,
} from './broker.ts';

export abstract class ForwardingBroker implements Broker {
  readonly mayLose: boolean;
  protected readonly broker: Broker;

  constructor(broker: Broker) {
    this.broker = broker;
    this.mayLose = broker.mayLose ?? false;
  }

  attach(listener: BrokerListener): void {
    this.broker.attach(listener);
  }

  subscribe(room: string): void | Promise<void> {
    return this.broker.subscribe(room);
  }

  unsubscribe(room: string): void | Promise<void> {
    return this.broker.unsubscribe(room);
  }

  publish(room: string, data: Json, options: PublishOptions): Accepted | Promise<Accepted> {
    return this.broker.publish(room, data, options);
  }

  history(room: string, query?: HistoryQuery): History | Promise<History> {
    return this.broker.history(room, query);
  }

  removeHistory(room: string): void | Promise<void> {
    return this.broker.removeHistory(room);
  }

  position(room: string): Position | undefined {
    return this.broker.position(room);
  }

  join(room: string, member: RoomMember): void | Promise<void> {
    return this.broker.join(room, member);
  }

  leave(room: string, member: RoomMember): void | Promise<void> {
    return this.broker.leave(room, member);
  }

  broadcast(data: Json, from?: MemberInfo): void | Promise<void> {
    return this.broker.broadcast(data, from);
  }

  close(): void | Promise<void> {
    return this.broker.close();
  }
}
