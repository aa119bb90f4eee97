import { noteActivity, startActiveTime, tickActiveTime } from '../state/activeTime';

/** Seconds that someone was at work on the page, until the signal ends them. */
export class ActivityClock {
  private active = startActiveTime(Date.now());

  constructor(signal: AbortSignal) {
    const note = (): void => {
      this.active = noteActivity(this.active, Date.now());
    };
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const) {
      window.addEventListener(type, note, { signal, passive: true });
    }
    document.addEventListener('visibilitychange', () => this.tick(), { signal });
    const clock = setInterval(() => this.tick(), 1000);
    signal.addEventListener('abort', () => clearInterval(clock), { once: true });
  }

  get seconds(): number {
    this.tick();
    return this.active.seconds;
  }

  private tick(): void {
    this.active = tickActiveTime(this.active, Date.now(), document.visibilityState === 'visible');
  }
}
