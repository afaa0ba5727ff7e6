import { describe, expect, test } from 'vitest';
import { required, struct } from './struct.ts';
import { PACKET_TYPE, RequestPacket, ResponsePacket } from './packets.ts';
import { t } from './types.ts';

/** A request encoded by another implementation. */
const REQUEST = `0000004110012c3c400156164170702e436861745365727665722e436861744f626a66046563686f7d0000
  07160568656c6c6f810bb8980001060161160131a80c`.replaceAll(/\s/g, '');

const echo = struct<{ text: string }>('echo', { text: required(1, t.string) });

describe('RequestPacket', () => {
  test('has the bytes that other implementations send', () => {
    const frame = RequestPacket.encodeFrame({
      requestId: 1,
      servant: 'App.ChatServer.ChatObj',
      func: 'echo',
      body: echo.encode({ text: 'hello' }),
      timeoutMs: 3000,
      context: new Map([['a', '1']]),
    });
    expect(Buffer.from(frame).toString('hex')).toBe(REQUEST);
  });

  test('is read from the bytes that other implementations send', () => {
    const { body, ...request } = RequestPacket.decode(Buffer.from(REQUEST, 'hex').subarray(4));
    expect(request).toEqual({
      version: 1,
      packetType: PACKET_TYPE.normal,
      messageType: 0,
      requestId: 1,
      servant: 'App.ChatServer.ChatObj',
      func: 'echo',
      timeoutMs: 3000,
      context: new Map([['a', '1']]),
      status: new Map(),
    });
    expect(echo.decode(body)).toEqual({ text: 'hello' });
  });
});

describe('ResponsePacket', () => {
  test('comes back as it went', () => {
    const frame = ResponsePacket.encodeFrame({ requestId: 7, ret: -3, body: Uint8Array.of(1, 2) });
    expect(Buffer.from(frame).readUInt32BE(0)).toBe(frame.length);
    const { body, ...response } = ResponsePacket.decode(frame.subarray(4));
    expect([...body]).toEqual([1, 2]);
    expect(response).toEqual({
      version: 1,
      packetType: 0,
      requestId: 7,
      messageType: 0,
      ret: -3,
      status: new Map(),
      description: '',
      context: new Map(),
    });
  });
});
