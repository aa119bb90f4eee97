import { createStore, type StoreApi } from 'zustand/vanilla';
import type { components } from '../api/schema';
import type { Axis, Triple } from '../geometry/frames';
import type { MarkKind, MarkShape, MarkValues } from '../geometry/marks';
import type { VolumeId } from './task';

type Wire = components['schemas'];

/** A measurement or a named point, as it is now. */
export interface Mark extends MarkShape {
  readonly id: string;
  readonly volume: VolumeId;
  readonly name: string;
  readonly frame: number;
  readonly values: MarkValues;
}

export type CommentThread = Readonly<Wire['ThreadOutput']>;
export type Comments = Readonly<Wire['CommentsOutput']>;

/** A form to write in: asked for, so that it takes the keys, or there again with what was written before a reload. */
export type Writing = 'asked' | 'kept';

export interface MarksState {
  readonly marks: readonly Mark[];
  readonly selected: string | null;
  /** Drawn in part: an angle that has one arm, or what the pointer is drawing. */
  readonly draft: Mark | null;
  /** Marks that the server does not have yet. */
  readonly unsaved: ReadonlySet<string>;
  /** A mark is shown faintly on the slices next to its own. */
  readonly ghosts: boolean;
  readonly comments: Comments | null;
  /** The form of a new comment. */
  readonly commenting: Writing | null;
}

export type MarksStore = StoreApi<MarksState>;

export const createMarksStore = (): MarksStore =>
  createStore<MarksState>(() => ({ marks: [], selected: null, draft: null, unsaved: new Set(), ghosts: false, comments: null, commenting: null }));

/** What the tools may do with marks. */
export interface MarkBoard {
  readonly store: MarksStore;
  /** Works out the values of a shape on a volume. */
  measured(mark: Omit<Mark, 'values'>): Mark;
  /** Keeps a mark as it is now, as one step that can be undone. */
  keep(mark: Mark): void;
  remove(id: string): void;
}

const named = ({ kind, points_ijk: points, slice_axis: axis }: Wire['MarkOutput']): MarkShape => ({
  kind: kind as MarkKind,
  points: points.map((point) => point as unknown as Triple),
  sliceAxis: axis as Axis | null,
});

/** A mark as the server sends it. */
export const markOf = (sent: Wire['MarkOutput']): Mark => ({
  ...named(sent), id: sent.id, volume: sent.volume as VolumeId, name: sent.name, frame: sent.frame, values: sent.values,
});

export const sentMark = ({ kind, points, sliceAxis, volume, name, frame }: Mark): Wire['MarkInputRequest'] => ({
  kind, volume, name, frame, points_ijk: points.map((point) => [...point]), slice_axis: sliceAxis,
});

/** How far a mark lies from a slice, in slices; 0 where all of it is on the slice. Null for a region across it. */
export function slicesAway({ points, sliceAxis }: Pick<MarkShape, 'points' | 'sliceAxis'>, axis: Axis, slice: number): number | null {
  if (sliceAxis !== null && sliceAxis !== axis) return null;
  return Math.max(...points.map((point) => Math.abs(Math.floor(point[axis] + 0.5) - slice)));
}

const KIND_WORDS: Readonly<Record<MarkKind, string>> = { length: 'Length', angle: 'Angle', ellipse: 'Ellipse', rectangle: 'Rectangle', point: 'Point' };

export const markTitle = ({ name, kind }: Pick<Mark, 'name' | 'kind'>): string => name || KIND_WORDS[kind];

/** As in the export: one row a mark. */
export function marksCsv(marks: readonly Mark[], volumeName: (id: VolumeId) => string): string {
  const values = ['length_mm', 'angle_degrees', 'area_mm2', 'n', 'mean', 'sd', 'min', 'max'];
  const cell = (content: unknown): string => {
    const text = content === null || content === undefined ? '' : typeof content === 'string' ? content : JSON.stringify(content);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = marks.map((mark) => [mark.kind, mark.name.replace(/^(?=[=+\-@\t\r])/, "'"), volumeName(mark.volume), mark.points, ...values.map((name) => mark.values[name])]);
  return [['kind', 'name', 'volume', 'points_ijk', ...values], ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n';
}
