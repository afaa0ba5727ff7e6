/** The shown moment: live, or a moment of the log, and the speed of a replay. */

import { useMemo, type ReactNode } from 'react';
import { nameOf, type EventNames } from '../events/event-names.ts';
import { formatCount, formatTime } from '../ui/format.ts';
import { useStore } from '../ui/hooks.ts';
import { formatSpeed, SPEEDS } from '../watch/playback.ts';
import { toTimelineBins, type TimelineBin } from './timeline-bins.ts';
import type { WatchStore, WatchView } from '../watch/watch-store.ts';

const COLUMNS = 120;
const HEIGHT = 24;
const TICK_HEIGHT = 3;

interface TimelineProps {
  readonly watch: WatchStore;
  readonly names: EventNames;
}

export function Timeline({ watch, names }: TimelineProps): ReactNode {
  const view = useStore(watch);
  const { playback, log, position, speed, newer } = view;
  const isLive = playback.type === 'live';
  const isReplaying = playback.type === 'replaying';
  const isEmpty = log.last < log.first;
  return (
    <section className="timeline" aria-label="Timeline">
      <div className="transport">
        {isReplaying || isLive ? (
          <button type="button" className="play" onClick={() => watch.pause()}>
            Pause
          </button>
        ) : (
          <button type="button" className="play" onClick={() => watch.replay()}>
            Replay
          </button>
        )}
        <button
          type="button"
          aria-label="One event back"
          aria-disabled={isEmpty || position < log.first}
          onClick={() => watch.step(-1)}
        >
          ‹
        </button>
        <button
          type="button"
          aria-label="One event on"
          aria-disabled={isEmpty || position >= log.last}
          onClick={() => watch.step(1)}
        >
          ›
        </button>
        <label className="speed">
          <span className="visually-hidden">Speed of the replay</span>
          <select value={speed} onChange={({ target }) => watch.setSpeed(Number(target.value))}>
            {SPEEDS.map((each) => (
              <option key={each} value={each}>
                {formatSpeed(each)}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="live"
          aria-pressed={isLive}
          data-testid="live"
          onClick={() => watch.goLive()}
        >
          Live
          {newer > 0 && <span className="newer"> +{formatCount(newer)}</span>}
        </button>
      </div>
      <div className="track">
        <Density view={view} />
        <input
          type="range"
          aria-label="Moment"
          aria-valuetext={describeMoment(view, names)}
          min={log.first - 1}
          max={log.last}
          value={position}
          disabled={isEmpty}
          onChange={({ target }) => watch.goTo(Number(target.value))}
        />
      </div>
      <p className="moment" data-testid="moment">
        {describeMoment(view, names)}
      </p>
    </section>
  );
}

function Density({ view: { actor, log, position, playback } }: { readonly view: WatchView }): ReactNode {
  const { first, last } = log;
  // The columns of a frozen log stay the same. Those of a live log change with each entry.
  const bins = useMemo(() => toTimelineBins(log.slice(), actor, COLUMNS), [actor, log, first, last]);
  const highest = Math.max(1, ...bins.map(({ own, others }) => own + others));
  const share = last < first ? 0 : (position - first + 1) / (last - first + 1);
  return (
    <>
      <svg
        className={`density ${playback.type}`}
        viewBox={`0 0 ${Math.max(1, bins.length)} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path className="gaps" d={toMarks(bins, ({ isGap }) => isGap)} />
        <path className="others" d={toColumns(bins, ({ own, others }) => (own + others) / highest)} />
        <path className="own" d={toColumns(bins, ({ own }) => own / highest)} />
        <path className="changes" d={toMarks(bins, ({ isChange }) => isChange, TICK_HEIGHT)} />
        <path className="failures" d={toMarks(bins, ({ isFailure }) => isFailure)} />
      </svg>
      <span className="now" style={{ insetInlineStart: `calc(0.375rem + ${share} * (100% - 0.75rem))` }} />
    </>
  );
}

function toColumns(bins: readonly TimelineBin[], share: (bin: TimelineBin) => number): string {
  // The square root keeps a single event visible beside a burst.
  return bins
    .map((bin, x) => ({ x, height: Math.sqrt(share(bin)) * (HEIGHT - 4) }))
    .filter(({ height }) => height > 0)
    .map(({ x, height }) => `M${x + 0.1} ${HEIGHT}v-${height.toFixed(1)}h.8v${height.toFixed(1)}z`)
    .join('');
}

/** A column as tall as the picture; with `height`, only its top. */
function toMarks(
  bins: readonly TimelineBin[],
  isMarked: (bin: TimelineBin) => boolean,
  height = HEIGHT,
): string {
  return bins.map((bin, x) => (isMarked(bin) ? `M${x} 0h1v${height}h-1z` : '')).join('');
}

function describeMoment({ log, position, playback, state }: WatchView, names: EventNames): string {
  if (log.last < log.first) return state.type === 'watching' ? 'Nothing has happened yet.' : 'Not watching.';
  const entry = log.entryAt(position);
  const count = `${formatCount(position - log.first + 1)} of ${formatCount(log.last - log.first + 1)}`;
  if (entry === undefined) return `Before the first event, ${count}`;
  const { what } = entry;
  const name = what.type === 'gap' ? 'gap' : nameOf(what, names);
  return `${playback.type === 'live' ? 'Live, ' : ''}${formatTime(entry.at)}, ${name}, ${count}`;
}
