import type { ViewerStore } from '../state/viewerStore';

/** Space held pans while dragging; pressed and let go without a drag it does what its hotkey says. */
export class SpaceToPan {
  private readonly abort = new AbortController();
  private otherwise: (() => void) | null = null;

  constructor(private readonly store: ViewerStore) {
    const { signal } = this.abort;
    window.addEventListener('keyup', (event) => event.key === ' ' && this.release(), { signal });
    window.addEventListener('pointerdown', () => this.use(), { signal, capture: true });
    window.addEventListener('blur', () => this.cancel(), { signal });
  }

  /** True: the space bar is held now, and `otherwise` is done when it is let go without a drag. */
  press(otherwise: () => void): true {
    if (!this.store.getState().panning) {
      this.otherwise = otherwise;
      this.store.setState({ panning: true });
    }
    return true;
  }

  dispose(): void {
    this.cancel();
    this.abort.abort();
  }

  private use(): void {
    this.otherwise = null;
  }

  private release(): void {
    if (!this.store.getState().panning) return;
    const { otherwise } = this;
    this.cancel();
    otherwise?.();
  }

  private cancel(): void {
    this.otherwise = null;
    if (this.store.getState().panning) this.store.setState({ panning: false });
  }
}
