/** Combines all calls since the last frame into one. */

export interface FrameClock {
  /** `time` is in milliseconds and never decreases. */
  request(callback: (time: number) => void): void;
}

/** The frames of the browser; a hidden page gets none. */
export const browserFrames: FrameClock = {
  request: (callback) => void requestAnimationFrame(callback),
};

/** Creates a function that may be called any number of times: `act` runs once, with the next frame. */
export function oncePerFrame(act: (time: number) => void, frames: FrameClock = browserFrames): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    frames.request((time) => {
      isAsked = false;
      act(time);
    });
  };
}
