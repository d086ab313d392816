// How often something is drawn: before the next picture, or more rarely if drawing takes long.

/** The largest share of the time that drawing takes. */
const SHARE = 0.25;
const LONGEST_PAUSE = 3000;

export class Pace {
  #frame = 0;
  #timer = 0;
  #cost = 0;
  #last = 0;

  /** @param {() => void} draw */
  constructor(draw) {
    this.draw = draw;
  }

  /** Draws soon, once for many calls. @param {boolean} [isUrgent] whether a person waits for it */
  call(isUrgent = false) {
    if (this.#frame) return;
    const pause = Math.min(LONGEST_PAUSE, this.#cost / SHARE) - (performance.now() - this.#last);
    if (isUrgent || pause <= 0) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      this.#frame = requestAnimationFrame(() => this.#run());
    } else {
      this.#timer ||= setTimeout(() => {
        this.#timer = 0;
        this.#frame = requestAnimationFrame(() => this.#run());
      }, pause);
    }
  }

  #run() {
    this.#frame = 0;
    const start = performance.now();
    this.draw();
    // The next task comes after style, layout and paint.
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      this.#last = performance.now();
      const cost = this.#last - start;
      this.#cost = cost < 12 ? 0 : cost;
    };
    channel.port2.postMessage(null);
  }

  close() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
  }
}
