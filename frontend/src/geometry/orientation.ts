import { spacingMm, type Affine } from './affine';
import { AXES, type Axis } from './frames';

/** A direction in the patient, by the letter of the side it points to. */
export type Letter = 'R' | 'L' | 'A' | 'P' | 'S' | 'I';

/** How an array axis lies in the patient: the anatomical axis nearest to it (0 R-L, 1 A-P, 2 S-I) and the sense. */
export interface AxisSense {
  readonly world: Axis;
  /** +1 when the index grows towards R, A or S; -1 towards L, P or I. */
  readonly sign: 1 | -1;
}

const LETTERS: readonly (readonly [Letter, Letter])[] = [
  ['R', 'L'],
  ['A', 'P'],
  ['S', 'I'],
];

export const letterOf = ({ world, sign }: AxisSense): Letter => {
  const [plus, minus] = LETTERS[world] ?? ['R', 'L'];
  return sign > 0 ? plus : minus;
};

export const opposite = (sense: AxisSense): AxisSense => ({ world: sense.world, sign: sense.sign > 0 ? -1 : 1 });

const PERMUTATIONS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/**
 * The nearest anatomical axis of each array axis, each used once: the assignment with the largest sum of cosines, so
 * that an axis at 45 degrees cannot take another's place.
 */
export function axisSenses(affine: Affine): readonly [AxisSense, AxisSense, AxisSense] {
  const spacing = spacingMm(affine);
  const cosine = (axis: Axis, world: Axis): number => affine.columns[axis][world] / spacing[axis];
  const fit = (permutation: readonly [Axis, Axis, Axis]): number =>
    AXES.reduce<number>((sum, axis) => sum + Math.abs(cosine(axis, permutation[axis])), 0);
  const best = PERMUTATIONS.reduce((a, b) => (fit(b) > fit(a) + 1e-9 ? b : a));
  const sense = (axis: Axis): AxisSense => ({
    world: best[axis],
    sign: cosine(axis, best[axis]) < 0 ? -1 : 1,
  });
  return [sense(0), sense(1), sense(2)];
}

/** NIfTI's axis codes, such as `RAS` or `PSR`: where each index grows to. */
export const axisCodes = (affine: Affine): string => axisSenses(affine).map(letterOf).join('');
