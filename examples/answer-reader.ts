/**
 * Reads an answer of answer-server.ts from its beginning, also after a reload, and goes on after a cut connection. It runs
 * in a browser and in Node.js. To stop the answer: `centrifuge.publish(name, 'cancel')`.
 */

import type { Centrifuge } from 'centrifuge';

/** As many publications as the server gives at once, also to a client that comes back. */
const PAGE = 300;

/** `end` is `done` or `cancelled`, or `lost` if the server does not know the answer any more. */
export type AnswerPart = { readonly piece: string } | { readonly end: string };

export async function readAnswer(
  centrifuge: Centrifuge,
  name: string,
  onPart: (part: AnswerPart) => void,
  since = { offset: 0, epoch: '' },
): Promise<void> {
  const take = ({ data, offset = 0 }: { data: AnswerPart; offset?: number }): void => {
    since.offset = offset;
    onPart(data);
  };
  for (let count = PAGE; count === PAGE;) {
    const { publications, epoch } = await centrifuge.history(name, { since, limit: PAGE });
    since.epoch = epoch;
    publications.forEach(take);
    count = publications.length;
  }
  const room = centrifuge.newSubscription(name, { since: { ...since } });
  room.on('publication', take);
  room.on('subscribed', ({ recovered }) => {
    if (recovered) return;
    // More was missed than comes at once: it is read by pages, as in the beginning.
    centrifuge.removeSubscription(room);
    readAnswer(centrifuge, name, onPart, since).catch(() => onPart({ end: 'lost' }));
  });
  room.subscribe();
}
