import type { ViewportSize } from '../../geometry/sliceView';

/**
 * A viewport's picture. It is put together on a canvas that is not on the page, so that moving the pointer repaints what
 * is about the pointer and no more; the page has one canvas a viewport, and an opaque one: each further layer would be
 * blended again with every frame of the page, whichever viewport changed.
 */
export class ViewportCanvas {
  private readonly shown: CanvasRenderingContext2D;
  private readonly ground: CanvasRenderingContext2D;
  private ratio = 1;

  constructor(canvas: HTMLCanvasElement) {
    this.shown = opaque(canvas);
    this.ground = opaque(document.createElement('canvas'));
  }

  /** Takes over a size in CSS pixels, and the screen's pixels to one of them. True where what was painted is gone. */
  fit({ width, height }: ViewportSize): boolean {
    this.ratio = window.devicePixelRatio || 1;
    const wide = Math.max(1, Math.round(width * this.ratio));
    const high = Math.max(1, Math.round(height * this.ratio));
    let changed = false;
    for (const { canvas } of [this.shown, this.ground]) {
      if (canvas.width === wide && canvas.height === high) continue;
      canvas.width = wide;
      canvas.height = high;
      changed = true;
    }
    return changed;
  }

  /** Paints image and labels anew, from black. */
  paintGround(paint: (context: CanvasRenderingContext2D, ratio: number) => void): void {
    blacken(this.ground);
    paint(this.ground, this.ratio);
  }

  /** Brings them onto the page, and what is about the pointer on top, in CSS pixels. */
  show(paintAbove: (context: CanvasRenderingContext2D) => void): void {
    const { shown, ratio } = this;
    shown.setTransform(1, 0, 0, 1, 0, 0);
    shown.drawImage(this.ground.canvas, 0, 0);
    shown.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintAbove(shown);
  }

  /** Lets go of its memory now, not when the page's garbage is collected. */
  dispose(): void {
    for (const { canvas } of [this.shown, this.ground]) canvas.width = canvas.height = 1;
  }

  /** Nothing to be seen. */
  blank(): void {
    blacken(this.ground);
    blacken(this.shown);
  }
}

function blacken(context: CanvasRenderingContext2D): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = '#000000';
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
}

function opaque(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('This browser gives no 2D canvas.');
  return context;
}
