import type { PaintOver } from '../commands/voxelRule';
import type { Ijk, Shape, Triple } from '../geometry/frames';
import type { GridPlane, PlaneName } from '../geometry/planes';
import type { Combination } from '../operations/combine';
import type { SeedPlan } from '../operations/growFromSeeds';
import type { OperationRequest } from '../operations/operationRequest';
import { boxAbout, sliceOfBox, wholeBox, type ThresholdPlan } from '../operations/threshold';
import type { IntensityRange } from './task';

export type OperationName =
  | 'interpolate' | 'grow' | 'shrink' | 'median' | 'closing' | 'opening' | 'fillHoles'
  | 'keepLargest' | 'removeSmall' | 'split' | 'combine' | 'mirror' | 'growSeeds' | 'threshold';

/** Which settings an operation asks for, and what it is called. */
export interface OperationKind {
  readonly operation: OperationName;
  readonly words: string;
  readonly asks: readonly (keyof OperationForm)[];
}

export const OPERATIONS: readonly OperationKind[] = [
  { operation: 'interpolate', words: 'Interpolate between slices', asks: ['over'] },
  { operation: 'grow', words: 'Grow by a margin', asks: ['mm', 'over'] },
  { operation: 'shrink', words: 'Shrink by a margin', asks: ['mm'] },
  { operation: 'median', words: 'Smooth (median)', asks: ['mm'] },
  { operation: 'closing', words: 'Smooth (close gaps)', asks: ['mm'] },
  { operation: 'opening', words: 'Smooth (remove spurs)', asks: ['mm'] },
  { operation: 'fillHoles', words: 'Fill holes', asks: ['flat'] },
  { operation: 'keepLargest', words: 'Keep the largest component', asks: ['corners', 'rest'] },
  { operation: 'removeSmall', words: 'Remove small components', asks: ['minimumMm3', 'corners', 'rest'] },
  { operation: 'split', words: 'Split components into labels', asks: ['splitBy', 'minimumMm3', 'corners'] },
  { operation: 'combine', words: 'Combine with a label', asks: ['combination', 'other', 'mm'] },
  { operation: 'mirror', words: 'Mirror', asks: ['mirrorAcross', 'mirrorAbout', 'into', 'over'] },
  { operation: 'growSeeds', words: 'Grow all labels from seeds', asks: ['seedWithin', 'seedBackground', 'seedRange', 'locality', 'seedMarginMm'] },
  { operation: 'threshold', words: 'Threshold', asks: ['region', 'reachMm', 'over'] },
];

/** The settings of all operations; each asks for some of them. */
export interface OperationForm {
  readonly operation: OperationName;
  readonly mm: number;
  readonly over: PaintOver;
  /** Holes slice by slice in the active plane, rather than in the volume. */
  readonly flat: boolean;
  /** Voxels that touch at edges and corners hang together too. */
  readonly corners: boolean;
  readonly minimumMm3: number;
  /** What becomes of the other components: 0 removes them. */
  readonly rest: number;
  readonly combination: Combination;
  readonly other: number;
  readonly mirrorAcross: PlaneName;
  readonly mirrorAbout: 'middle' | 'crosshair';
  /** The label of the mirror image; 0 is the active label itself. */
  readonly into: number;
  /** Components become labels by size, or from head to foot. */
  readonly splitBy: 'down' | 'size';
  readonly region: 'volume' | 'slice' | 'crosshair';
  /** Half the width of the box about the crosshair. */
  readonly reachMm: number;
  /** Where seeds grow: 0 is the background, else inside that label. */
  readonly seedWithin: number;
  /** The seeds of this label only keep the others out; 0 is none. */
  readonly seedBackground: number;
  /** Seeds take only intensities in the range of the threshold brush. */
  readonly seedRange: boolean;
  readonly locality: number;
  readonly seedMarginMm: number;
}

export const INITIAL_OPERATION: OperationForm = {
  operation: 'interpolate',
  mm: 1,
  over: 'background',
  flat: false,
  corners: true,
  minimumMm3: 5,
  rest: 0,
  combination: 'add',
  other: 0,
  mirrorAcross: 'sagittal',
  mirrorAbout: 'middle',
  into: 0,
  splitBy: 'down',
  region: 'slice',
  reachMm: 10,
  seedWithin: 0,
  seedBackground: 0,
  seedRange: false,
  locality: 0.02,
  seedMarginMm: 5,
};

/** Where and on what it is done. */
export interface OperationPlace {
  readonly label: number;
  readonly plane: GridPlane;
  readonly planes: Record<PlaneName, GridPlane>;
  readonly cursor: Ijk;
  readonly voxelMm3: number;
  readonly shape: Shape;
  readonly spacingMm: Triple;
  /** Intensities of the threshold brush. */
  readonly range: IntensityRange;
  /** Window width: a difference in intensity of it costs a seed as much as it costs at all. */
  readonly contrast: number;
  /** All labels of the study in order, and those of them that have voxels. */
  readonly labels: readonly number[];
  readonly present: readonly number[];
}

export interface NamedRequest {
  readonly request: OperationRequest;
  /** For the history and the progress bar. */
  readonly name: string;
}

/** The request that a form stands for; a sentence where something is still to be chosen. */
export function requestOf(form: OperationForm, place: OperationPlace): NamedRequest | string {
  const { label, plane } = place;
  const { mm, over, rest } = form;
  const named = (request: OperationRequest, words: string): NamedRequest => ({ request, name: `${words}, label ${label}` });
  const connectivity = form.corners ? 26 : 6;
  switch (form.operation) {
    case 'interpolate':
      return named({ kind: 'interpolate', plane: axesOf(plane), label, over }, `Interpolate ${plane.name}`);
    case 'grow':
      return named({ kind: 'grow', label, mm, over }, `Grow ${mm} mm`);
    case 'shrink':
      return named({ kind: 'shrink', label, mm }, `Shrink ${mm} mm`);
    case 'median':
    case 'closing':
    case 'opening':
      return named({ kind: 'smooth', label, method: form.operation, mm }, `Smooth, ${form.operation} ${mm} mm`);
    case 'fillHoles':
      return named({ kind: 'fillHoles', label, acrossAxis: form.flat ? plane.sliceAxis : null }, 'Fill holes');
    case 'keepLargest':
      if (rest === label) return 'Choose another label for the other components.';
      return named({ kind: 'keepLargest', label, rest, connectivity }, 'Keep largest component');
    case 'removeSmall': {
      if (rest === label) return 'Choose another label for the small components.';
      const { minimumMm3 } = form;
      const request = { kind: 'removeSmall', label, rest, connectivity, minimumMm3, voxelMm3: place.voxelMm3 } as const;
      return named(request, `Remove components under ${minimumMm3} mm³`);
    }
    case 'split': {
      const axis = place.planes.axial.sliceAxis;
      // From head to foot: against the axis where its index grows upwards.
      const order = form.splitBy === 'size' ? 'size' : { axis, backwards: place.planes.axial.sliceLetter === 'S' } as const;
      const into = place.labels.slice(place.labels.indexOf(label));
      const minimumVoxels = Math.max(1, Math.ceil(form.minimumMm3 / place.voxelMm3 - 1e-9));
      return named({ kind: 'split', label, into, order, connectivity, minimumVoxels }, 'Split components');
    }
    case 'growSeeds':
      return seedRequest(form, place);
    case 'threshold': {
      const plan = thresholdPlan(form, place);
      return named({ kind: 'threshold', ...plan }, `Threshold ${rounded(plan.lower)} to ${rounded(plan.upper)}`);
    }
    case 'combine':
      if (form.other === 0 || form.other === label) return 'Choose the other label.';
      return named(
        { kind: 'combine', label, other: form.other, combination: form.combination, marginMm: mm },
        `${COMBINED[form.combination]} label ${form.other}`,
      );
    case 'mirror': {
      const across = place.planes[form.mirrorAcross];
      const axis = across.sliceAxis;
      const twiceCentre = form.mirrorAbout === 'middle' ? across.sliceCount - 1 : 2 * place.cursor[axis];
      return named({ kind: 'mirror', label, axis, twiceCentre, into: form.into || label, over }, `Mirror across ${across.name}`);
    }
  }
}

function seedRequest(form: OperationForm, place: OperationPlace): NamedRequest | string {
  const { seedWithin, seedBackground, locality, seedMarginMm } = form;
  const seeds = place.present.filter((value) => value !== seedWithin);
  if (seeds.length < 2) return 'Paint seeds of at least two labels first: one for what is wanted, one for what is not.';
  const plan: SeedPlan = {
    seeds,
    background: seedBackground === 0 ? null : seedBackground,
    within: seedWithin === 0 ? 'background' : seedWithin,
    range: form.seedRange ? place.range : null,
    contrast: place.contrast,
    locality,
    marginMm: seedMarginMm,
  };
  return { request: { kind: 'growSeeds', ...plan }, name: `Grow from seeds, labels ${seeds.join(', ')}` };
}

/** What a threshold with these settings would paint. */
export function thresholdPlan(form: OperationForm, { label, plane, cursor, shape, spacingMm, range }: Pick<OperationPlace, 'label' | 'plane' | 'cursor' | 'shape' | 'spacingMm' | 'range'>): ThresholdPlan {
  const whole = wholeBox(shape);
  const slice = sliceOfBox(whole, plane.sliceAxis, cursor[plane.sliceAxis]) ?? whole;
  const box = form.region === 'volume' ? whole : form.region === 'slice' ? slice : boxAbout(cursor, form.reachMm, spacingMm, shape);
  return { label, lower: range.lower, upper: range.upper, over: form.over, box };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

const COMBINED: Record<Combination, string> = {
  add: 'Add', subtract: 'Subtract', intersect: 'Intersect with', swap: 'Swap with',
};

/** Only what an operation needs of a plane, to be sent to the worker. */
const axesOf = ({ sliceAxis, x, y, sizeX, sizeY, sliceCount, spacingXMm, spacingYMm, sliceSpacingMm }: GridPlane) => ({
  sliceAxis, x, y, sizeX, sizeY, sliceCount, spacingXMm, spacingYMm, sliceSpacingMm,
});
