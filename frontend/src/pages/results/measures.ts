/** The metrics of two label maps: name, unit, digits, definition and source. */

import type { AnalysisRow, Measure } from '../../api/types';

export interface MeasureFacts {
  key: Measure;
  name: string;
  unit: string;
  digits: number;
  higherIsBetter: boolean;
  definition: string;
  formula: string;
  source: string;
}

type Entry = Omit<MeasureFacts, 'key'>;

const share = (name: string, definition: string, formula: string, source: string): Entry => ({
  name, unit: '', digits: 3, higherIsBetter: true, definition, formula, source,
});
const distance = (name: string, definition: string, formula: string, source: string): Entry => ({
  name, unit: 'mm', digits: 2, higherIsBetter: false, definition, formula, source,
});

const TAHA = 'Taha & Hanbury 2015, doi:10.1186/s12880-015-0068-x';
const REINKE = 'Maier-Hein, Reinke et al. 2024, doi:10.1038/s41592-023-02151-z';

const CATALOGUE: Readonly<Record<Measure, Entry>> = {
  dice: share('Dice', 'Overlap of the two masks of a label; 1 where they are the same voxels, 0 where they share none.', '2 |A ∩ B| / (|A| + |B|)', 'Dice 1945, doi:10.2307/1932409'),
  jaccard: share('Jaccard', 'Shared voxels as a part of all voxels that either has. It orders cases as Dice does.', '|A ∩ B| / |A ∪ B|', TAHA),
  precision: share('Precision', 'How much of the second mask lies in the first.', '|A ∩ B| / |B|', TAHA),
  recall: share('Recall', 'How much of the first mask is found by the second; also called sensitivity.', '|A ∩ B| / |A|', TAHA),
  specificity: share('Specificity', 'Background of the first that is background of the second too. Near 1 for every small structure, so it says little.', '|¬A ∩ ¬B| / |¬A|', TAHA),
  volume_similarity: share('Volume similarity', 'How alike the two volumes are, wherever they lie.', '1 − | |A| − |B| | / (|A| + |B|)', TAHA),
  hausdorff_mm: distance('Hausdorff distance', 'The farthest that any point of one surface lies from the other surface. One stray voxel decides it.', 'max(max d(a, B), max d(b, A))', TAHA),
  hd95_mm: distance('HD95', 'The distance within which 95 % of each surface lies from the other, the larger of both sides; stray voxels count little.', 'max(P95 d(a, B), P95 d(b, A))', REINKE),
  assd_mm: distance('ASSD', 'Mean distance between the two surfaces, both ways together.', '(Σ d(a, B) + Σ d(b, A)) / (|∂A| + |∂B|)', REINKE),
  surface_dice: share('Surface Dice', 'The part of both surfaces that lies within the tolerance of the other surface.', '(|∂A within τ of ∂B| + |∂B within τ of ∂A|) / (|∂A| + |∂B|)', 'Nikolov et al. 2021, doi:10.2196/26151'),
  centroid_distance_mm: distance('Centroid distance', 'Distance between the centres of gravity of the two masks.', '‖c(A) − c(B)‖', REINKE),
  detection_f1: share('Detection F1', 'F1 over connected components: a component is found where its best partner overlaps it enough.', '2 TP / (2 TP + FP + FN)', REINKE),
  volume_difference_mm3: { name: 'Volume difference', unit: 'mm³', digits: 1, higherIsBetter: false, definition: 'Volume of the second minus volume of the first. Its sign says which is larger; it is no distance to be minimised by itself.', formula: 'V(B) − V(A)', source: TAHA },
};

export const MEASURES = Object.keys(CATALOGUE) as Measure[];

/** What a report leads with. */
export const MAIN: readonly Measure[] = ['dice', 'hd95_mm', 'assd_mm', 'surface_dice'];

export const isMeasure = (name: string): name is Measure => Object.hasOwn(CATALOGUE, name);

/** A surface Dice means nothing without the tolerance that it was computed with. */
export const measureOf = (key: Measure, tolerance_mm?: number): MeasureFacts => {
  const entry = CATALOGUE[key];
  const at = key === 'surface_dice' && tolerance_mm !== undefined ? ` at ${tolerance_mm} mm` : '';
  return { key, ...entry, name: entry.name + at };
};

/** Overlaps lie between 0 and 1. */
export const isShare = (measure: Pick<MeasureFacts, 'unit'>): boolean => measure.unit === '';

export const headerOf = (measure: Pick<MeasureFacts, 'name' | 'unit'>): string =>
  measure.unit === '' ? measure.name : `${measure.name} (${measure.unit})`;

/** The `sort` of the rows' list that begins with the worst. A difference has two bad ends and no order of its own. */
export const worstFirst = (measure: Measure): string =>
  CATALOGUE[measure].higherIsBetter ? measure : `-${measure}`;

/** Why a value is missing; the server names a reason for each. */
export const reasonOf = (row: Pick<AnalysisRow, 'undefined'>, measure: Measure): string =>
  row.undefined[measure] ?? 'The server gave no reason.';
