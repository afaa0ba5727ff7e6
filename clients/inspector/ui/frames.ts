/** Calls back once for all that happened since the last frame. It knows no page. */

export interface FrameClock {
  /** `time` is in milliseconds and only grows. */
  request(callback: (time: number) => void): void;
}

/** The frames of the browser; a hidden page has none. */
export const browserFrames: FrameClock = {
  request: (callback) => void requestAnimationFrame(callback),
};

/** Makes a function that may be called as often as one likes: `act` follows once, with the next frame. */
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
