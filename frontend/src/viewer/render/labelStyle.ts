import type { LabelOpacities } from '../../state/labelColours';
import type { LabelDefinition } from '../../state/task';

/** How labels are drawn, worked out once for a change of settings. */
export interface LabelStyle {
  /** 0xAABBGGRR a label value, as ImageData holds it; 0 is see-through. */
  readonly fill: Uint32Array;
  /** CSS colours of outlined labels by value. */
  readonly outline: ReadonlyMap<number, string>;
  readonly outlineWidth: number;
  readonly active: number;
  /** Each label's outline is dashed in its own way. */
  readonly pattern: boolean;
}

export interface LabelLook {
  readonly visible: boolean;
  readonly opacity: number;
  readonly opacities: LabelOpacities;
  readonly outline: boolean;
  readonly outlineWidth: number;
  readonly hidden: ReadonlySet<number>;
  readonly active: number;
  readonly pattern: boolean;
}

/** A value no label of the study names: drawn all the same, so that nothing in the map is invisible. */
export const UNKNOWN_COLOUR = '#ff00ff';

export function rgbOf(colour: string): readonly [number, number, number] {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour)?.[1] ?? 'ff00ff';
  const number = Number.parseInt(hex, 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

export function labelStyle(labels: readonly LabelDefinition[], look: LabelLook, values: number): LabelStyle {
  const fill = new Uint32Array(values);
  const outline = new Map<number, string>();
  if (look.visible) {
    const pack = (colour: string, opacity: number): number => {
      const [r, g, b] = rgbOf(colour);
      return ((Math.round(opacity * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
    };
    fill.fill(pack(UNKNOWN_COLOUR, look.opacity), 1);
    for (const { value, colour } of labels) {
      const shown = !look.hidden.has(value);
      const ofAll = value === look.active ? Math.min(1, look.opacity * 1.25) : look.opacity;
      const opacity = look.opacities[value] ?? ofAll;
      fill[value] = shown ? pack(colour, opacity) : 0;
      if (shown && look.outline) outline.set(value, colour);
    }
  }
  return { fill, outline, outlineWidth: look.outlineWidth, active: look.active, pattern: look.pattern };
}
