/** A sequence as a picture: lanes from left to right, time from top to bottom. Only rows in view are drawn. */

import { type ReactNode } from 'react';
import { isMachineName } from '../names/address.ts';
import type { EventRow } from '../events/event-rows.ts';
import { formatCount, formatTime } from '../ui/format.ts';
import { useElementSize } from '../ui/hooks.ts';
import { shortenId } from '../names/kind-words.ts';
import { describeGap, describeRow } from '../events/party-words.ts';
import { titleOf } from './sequence-mermaid.ts';
import type { Lane, Sequence } from './sequence.ts';
import { KindShape } from '../names/shapes.tsx';
import { HEAD_HEIGHT, VirtualList } from '../ui/virtual-list.tsx';

const ROW_HEIGHT = 24;
/** The place of the arrow in a row; its label is above it. */
const ARROW_Y = 18;
const TIME_WIDTH = 92;
/** The space for the states on the right. */
const STATES_WIDTH = 180;
const MIN_LANE_WIDTH = 104;
/** The length of the arrow of a message without a known sender. */
const FOUND_LENGTH = 44;

interface SequencePictureProps {
  readonly sequence: Sequence;
  /** The row of the moment; -1 before the first. */
  readonly now: number;
  readonly position: number;
  readonly isLive: boolean;
  readonly onGoTo: (position: number) => void;
  readonly onHover: (row: number | undefined) => void;
}

export function SequencePicture(props: SequencePictureProps): ReactNode {
  const { sequence, now, position, isLive, onGoTo, onHover } = props;
  const { lanes, rows } = sequence;
  const [measure, { width }] = useElementSize();
  const laneWidth = Math.max(MIN_LANE_WIDTH, (width - TIME_WIDTH - STATES_WIDTH) / Math.max(1, lanes.length));
  const total = TIME_WIDTH + STATES_WIDTH + laneWidth * lanes.length;
  const laneX = (lane: number): number => TIME_WIDTH + laneWidth * (lane + 0.5);
  const goTo = (row: number): void => {
    onGoTo(rows[row]?.position ?? position);
  };
  return (
    <div className="sequence-picture" ref={measure}>
      {rows.length === 0 && <p className="remark">No messages yet.</p>}
      <VirtualList
        label="Messages, oldest first"
        className="messages"
        total={rows.length}
        rowHeight={ROW_HEIGHT}
        active={now}
        follow={isLive ? 'in-sight' : 'always'}
        minWidth={total}
        onActive={goTo}
        onChoose={goTo}
        onHover={onHover}
        keyOf={(row) => rows[row]?.first ?? row}
        rowClass={(row) => ((rows[row]?.first ?? 0) > position ? 'future' : undefined)}
        render={(row) => <MessageRow sequence={sequence} row={rows[row]} laneX={laneX} width={total} />}
        head={
          <div className="lanes" aria-hidden="true" style={{ height: HEAD_HEIGHT, minWidth: total }}>
            {lanes.map((lane, index) => (
              <span
                key={lane.key}
                className={lane.id === undefined ? 'lane shared' : 'lane'}
                style={{ left: laneX(index), maxWidth: laneWidth - 8 }}
              >
                <LaneTitle lane={lane} />
              </span>
            ))}
          </div>
        }
        backdrop={lanes.map((lane, index) => (
          <span key={lane.key} className="lane-line" style={{ left: laneX(index) }} />
        ))}
      />
    </div>
  );
}

/** Lanes of one kind are distinguished by their ids. */
function LaneTitle({ lane }: { readonly lane: Lane }): ReactNode {
  const { kind, id } = lane;
  if (id === undefined || !isMachineName(kind)) return titleOf(lane);
  return (
    <>
      <KindShape kind={kind} />
      {shortenId(id)}
    </>
  );
}

interface MessageRowProps {
  readonly sequence: Sequence;
  readonly row: EventRow | undefined;
  readonly laneX: (lane: number) => number;
  readonly width: number;
}

function MessageRow({ sequence, row, laneX, width }: MessageRowProps): ReactNode {
  if (row === undefined) return null;
  const { from, to } = sequence.endsOf(row);
  const { what, at, entered, count } = row;
  if (what.type === 'gap') {
    return <span className="gap-mark">{describeGap({ ...what, count })}</span>;
  }
  const name = `${row.name}${count > 1 ? ` ×${formatCount(count)}` : ''}`;
  const x2 = laneX(to ?? 0);
  const x1 = from === undefined ? x2 - FOUND_LENGTH : laneX(from);
  const isMessage = what.type === 'transition' || what.type === 'effect';
  return (
    <>
      <span className="visually-hidden">{describeRow(row)}</span>
      <time aria-hidden="true">{formatTime(at)}</time>
      <svg width={width} height={ROW_HEIGHT} className={`message ${what.type}`} aria-hidden="true">
        {isMessage ? (
          <Arrow x1={x1} x2={x2} isFound={from === undefined} isSelf={from === to} label={name} />
        ) : (
          <LifeMark x={x2} label={name} />
        )}
      </svg>
      {entered.length > 0 && (
        <span className="now-states" aria-hidden="true">
          {entered.map((state) => state.split('.').slice(-2).join('.')).join(' · ')}
        </span>
      )}
    </>
  );
}

interface ArrowProps {
  readonly x1: number;
  readonly x2: number;
  readonly isFound: boolean;
  readonly isSelf: boolean;
  readonly label: string;
}

function Arrow({ x1, x2, isFound, isSelf, label }: ArrowProps): ReactNode {
  if (isSelf) {
    return (
      <>
        <path className="line" d={`M${x2} 6h26v${ARROW_Y - 6}h-24`} />
        <path className="tip" d={`M${x2 + 1} ${ARROW_Y}l7 -3.500v7z`} />
        <text x={x2 + 32} y={ARROW_Y - 3} textAnchor="start">
          {label}
        </text>
      </>
    );
  }
  const direction = x2 > x1 ? 1 : -1;
  const end = x2 - direction;
  return (
    <>
      {isFound && <circle cx={x1} cy={ARROW_Y} r={2.5} />}
      <path className="line" d={`M${x1} ${ARROW_Y}H${end - direction * 5}`} />
      <path className="tip" d={`M${end} ${ARROW_Y}l${-7 * direction} -3.500v7z`} />
      {isFound ? (
        <text x={x2 + 6} y={ARROW_Y + 1} textAnchor="start">
          {label}
        </text>
      ) : (
        <text x={(x1 + x2) / 2} y={ARROW_Y - 4} textAnchor="middle">
          {label}
        </text>
      )}
    </>
  );
}

function LifeMark({ x, label }: { readonly x: number; readonly label: string }): ReactNode {
  return (
    <>
      <rect x={x - 4} y={ARROW_Y - 10} width={8} height={8} />
      <text x={x + 10} y={ARROW_Y - 2} textAnchor="start">
        {label}
      </text>
    </>
  );
}
