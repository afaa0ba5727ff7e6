/** The examples of the first page, with the address from which the page was loaded. */

export interface Snippet {
  readonly title: string;
  readonly code: string;
}

/** @param origin for instance `http://localhost:9501` */
export function writeSnippets(origin: string): readonly Snippet[] {
  const socketUrl = `${origin.replace(/^http/, 'ws')}/`;
  return [
    {
      title: 'From a terminal',
      code: `npx wscat -c ${socketUrl}`,
    },
    {
      title: 'Commands to type there',
      code: [
        'ping',
        'subscribe|room1',
        'sendByRoom|{"roomNum":"room1","message":"hello"}',
        'broadcast|{"message":"hello, everybody"}',
        'unsubscribe|room1',
      ].join('\n'),
    },
    {
      title: 'Push by HTTP',
      code: [
        `curl '${origin}/Index/pushByRoom?roomNum=room1&message=hello'`,
        `curl '${origin}/Index/pushAll?message=hello'`,
      ].join('\n'),
    },
    {
      title: 'From a program, with the SDK “centrifuge” of npm',
      code: [
        "import { Centrifuge } from 'centrifuge';",
        '',
        `const client = new Centrifuge('${socketUrl}connection/websocket');`,
        "const room = client.newSubscription('room1');",
        "room.on('publication', ({ data }) => console.log(data));",
        'room.subscribe();',
        'client.connect();',
        "await room.publish('hello');",
      ].join('\n'),
    },
    {
      title: 'From a browser’s console',
      code: [
        `const socket = new WebSocket('${socketUrl}');`,
        'socket.onmessage = ({ data }) => console.log(data);',
        'socket.onopen = () => {',
        "  socket.send('subscribe|room1');",
        `  socket.send('sendByRoom|{"roomNum":"room1","message":"hello"}');`,
        '};',
      ].join('\n'),
    },
  ];
}
