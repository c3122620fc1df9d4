/**
 * Draws a movement frame by frame, easing out; the last frame is at 1.
 *
 * @param {number} milliseconds
 * @param {(share: number) => void} draw
 */
export function ease(milliseconds, draw) {
  const start = performance.now();
  const tick = () => {
    const share = Math.min(1, (performance.now() - start) / milliseconds);
    pending = share < 1 ? requestAnimationFrame(tick) : 0;
    draw(share < 1 ? 1 - (1 - share) ** 3 : 1);
  };
  let pending = requestAnimationFrame(tick);
  return {
    isMoving: () => pending !== 0,
    stop() {
      cancelAnimationFrame(pending);
      pending = 0;
    },
  };
}
