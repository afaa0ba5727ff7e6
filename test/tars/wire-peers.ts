/** The two ends of a TARS connection on loopback, with only the packets and frames of this project. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import {
  FrameSplitter,
  PACKET_TYPE,
  RequestPacket,
  ResponsePacket,
  TarsCallError,
  type Caller,
  type ServantAdapter,
} from '../../src/tars.ts';

export interface Closable {
  close(): Promise<void>;
}

/** Connects to a servant. */
export async function openCaller(port: number, servant: string): Promise<Caller & Closable> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const waiting = new Map<number, (reply: ReturnType<typeof ResponsePacket.decode>) => void>();
  const splitter = new FrameSplitter();
  let lastId = 0;
  socket.on('data', (chunk) => {
    for (const packet of splitter.push(chunk)) {
      const reply = ResponsePacket.decode(packet);
      waiting.get(reply.requestId)?.({ ...reply, body: new Uint8Array(reply.body) });
      waiting.delete(reply.requestId);
    }
  });
  return {
    async call({ func, body, oneWay, options }) {
      const requestId = ++lastId;
      const packetType = oneWay === true ? PACKET_TYPE.oneWay : PACKET_TYPE.normal;
      const context = new Map(options.context);
      socket.write(RequestPacket.encodeFrame({ requestId, packetType, servant, func, body, context }));
      if (oneWay === true) return new Uint8Array(0);
      const reply = await new Promise<ReturnType<typeof ResponsePacket.decode>>((resolve) => {
        waiting.set(requestId, resolve);
      });
      if (reply.ret !== 0) throw new TarsCallError(func, reply.ret, reply.description || 'failed');
      return reply.body;
    },
    close: () => closeSocket(socket),
  };
}

/** Listens on a free port and answers with an adapter. */
export async function serveAdapter(adapter: ServantAdapter): Promise<Closable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const splitter = new FrameSplitter();
    socket.on('data', (chunk) => {
      for (const packet of splitter.push(chunk)) void answer(socket, RequestPacket.decode(packet));
    });
  });
  async function answer(socket: Socket, request: ReturnType<typeof RequestPacket.decode>) {
    const { requestId, func, body, context } = request;
    const reply = await adapter.dispatch(func, new Uint8Array(body), { context });
    if (request.packetType === PACKET_TYPE.oneWay) return;
    socket.write(ResponsePacket.encodeFrame({ requestId, ...reply }));
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      await Promise.all([...sockets].map(closeSocket));
      server.close();
      await once(server, 'close');
    },
  };
}

async function closeSocket(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  socket.destroy();
  await once(socket, 'close');
}
