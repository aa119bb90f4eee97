import type { PaintOver } from '../commands/voxelRule';
import type { Ijk } from '../geometry/frames';
import type { GridPlane, PlaneName } from '../geometry/planes';
import type { Combination } from '../operations/combine';
import type { OperationRequest } from '../operations/operationRequest';

export type OperationName =
  | 'interpolate' | 'grow' | 'shrink' | 'median' | 'closing' | 'opening' | 'fillHoles'
  | 'keepLargest' | 'removeSmall' | 'combine' | 'mirror';

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
  { operation: 'combine', words: 'Combine with a label', asks: ['combination', 'other', 'mm'] },
  { operation: 'mirror', words: 'Mirror', asks: ['mirrorAcross', 'mirrorAbout', 'into', 'over'] },
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
};

/** Where and on what it is done. */
export interface OperationPlace {
  readonly label: number;
  readonly plane: GridPlane;
  readonly planes: Record<PlaneName, GridPlane>;
  readonly cursor: Ijk;
  readonly voxelMm3: number;
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

const COMBINED: Record<Combination, string> = {
  add: 'Add', subtract: 'Subtract', intersect: 'Intersect with', swap: 'Swap with',
};

/** Only what an operation needs of a plane, to be sent to the worker. */
const axesOf = ({ sliceAxis, x, y, sizeX, sizeY, sliceCount, spacingXMm, spacingYMm, sliceSpacingMm }: GridPlane) => ({
  sliceAxis, x, y, sizeX, sizeY, sliceCount, spacingXMm, spacingYMm, sliceSpacingMm,
});
