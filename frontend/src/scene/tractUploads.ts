import type { Triple } from '../geometry/frames';
import type { Colour, SceneRenderer } from './render/sceneRenderer';
import { coloursOf, pointsOf } from './streamlines/tractColours';
import { boundsOf, type ShownTract } from './streamlines/tractSet';

/** Keeps the renderer's streamlines in step with those that are shown: what did not change is not sent again. */
export class TractUploads {
  private readonly sent = new Map<string, { readonly lines: unknown; readonly look: string }>();

  constructor(private readonly renderer: Pick<SceneRenderer, 'setTract'>) {}

  /** `palette` is all that the colours of nerves follow from. */
  follow(tracts: readonly ShownTract[], colour: (value: number) => Colour, palette: unknown): void {
    const kept = new Set(tracts.map(({ id }) => id));
    for (const id of [...this.sent.keys()]) {
      if (kept.has(id)) continue;
      this.sent.delete(id);
      this.renderer.setTract(id, null);
    }
    for (const { id, lines, colouring } of tracts) {
      const known = this.sent.get(id);
      const look = JSON.stringify([colouring, colouring.by === 'nerve' ? palette : null]);
      if (known?.lines === lines && known.look === look) continue;
      this.sent.set(id, { lines, look });
      this.renderer.setTract(id, { points: pointsOf(lines), colours: coloursOf(lines, colouring, colour) });
    }
  }
}

/** The corners of the boxes about streamlines. */
export const tractCorners = (tracts: readonly ShownTract[]): readonly Triple[] =>
  tracts.flatMap(({ lines }) => {
    const bounds = boundsOf(lines);
    return bounds ? [bounds.low, bounds.high] : [];
  });
