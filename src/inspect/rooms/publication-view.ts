/** One publication as the page shows it. */

import type { MemberInfo, Publication } from '../../protocol/command.ts';
import type { PublicationView, SenderView } from '../feed/feed-protocol.ts';
import type { Redaction } from '../redaction/redaction.ts';

export function showPublication(publication: Publication, redaction: Redaction): PublicationView {
  const { offset, time, data, tags, from } = publication;
  return {
    offset,
    time,
    data: redaction.showField('data', data),
    ...(tags !== undefined && { tags: redaction.showField('tags', tags) }),
    ...(from !== undefined && { from: showMember(from, redaction) }),
  };
}

/** Who a connection is. A user that is withheld is left out. */
export function showMember({ id, user, info }: MemberInfo, redaction: Redaction): SenderView {
  return {
    id,
    ...(user !== undefined && !redaction.withholds('user') && { user: redaction.showText('user', user) }),
    ...(info !== undefined && { info: redaction.showField('info', info) }),
  };
}
