import { createStore, type StoreApi } from 'zustand/vanilla';
import type { components } from '../api/schema';
import type { Ijk } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';
import type { ToolName } from './viewerStore';

export type InteractiveMethod = Readonly<components['schemas']['InteractiveMethodOutput']>;

/** Which side of a structure a mark lies on. */
export type MarkSide = 'inside' | 'outside';

/** What was marked between a press and its release. */
export interface HintStroke {
  readonly side: MarkSide;
  /** Voxels, ascending. */
  readonly indices: Uint32Array;
  /** Where it began: there its sign is drawn. */
  readonly at: Ijk;
  readonly plane: GridPlane;
  readonly slice: number;
}

export interface InteractiveState {
  /** What the server offers for this task now; empty while its engine is away. */
  readonly methods: readonly InteractiveMethod[];
  readonly side: MarkSide;
  /** Of a scribble, in voxels. */
  readonly width: number;
  /** Through the slices; else in the slice of the last mark alone. */
  readonly solid: boolean;
  readonly marginMm: number;
  readonly smoothness: number;
  /** What has the label already, near the marks, and is not in the region loses it. */
  readonly replaces: boolean;
  readonly strokes: readonly HintStroke[];
  readonly busy: boolean;
  /** How long the last answer took: in all, and in the engine. */
  readonly latency: { readonly totalMs: number; readonly engineMs: number } | null;
  /** Voxels of the region; null before the first answer. */
  readonly voxels: number | null;
  readonly trouble: string | null;
}

export type InteractiveStore = StoreApi<InteractiveState>;

export const createInteractiveStore = (): InteractiveStore =>
  createStore<InteractiveState>(() => ({
    methods: [], side: 'inside', width: 2, solid: true, marginMm: 8, smoothness: 1, replaces: false,
    strokes: [], busy: false, latency: null, voxels: null, trouble: null,
  }));

/** What the tools may do with marks. */
export interface InteractiveBoard {
  readonly store: InteractiveStore;
  /** Is shown while the pointer is down; `end` makes it count. */
  draw(stroke: HintStroke): void;
  end(): void;
}

const TAKES: Partial<Record<ToolName, InteractiveMethod['takes']>> = { scribble: 'scribbles', click: 'clicks' };

export const isInteractiveTool = (tool: ToolName): boolean => TAKES[tool] !== undefined;

/** The method that a tool's marks go to; null where there is none. */
export const methodOf = ({ methods }: Pick<InteractiveState, 'methods'>, tool: ToolName): InteractiveMethod | null =>
  methods.find(({ takes }) => takes === TAKES[tool]) ?? null;

/** Voxels by side; where marks lie on each other, the later one counts. */
export function marksOf(strokes: readonly HintStroke[]): { readonly inside: Uint32Array; readonly outside: Uint32Array } {
  const sides = new Map<number, MarkSide>();
  for (const { indices, side } of strokes) for (const index of indices) sides.set(index, side);
  const of = (wanted: MarkSide): Uint32Array =>
    Uint32Array.from([...sides].filter(([, side]) => side === wanted), ([index]) => index).sort();
  return { inside: of('inside'), outside: of('outside') };
}
