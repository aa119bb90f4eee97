import { Title } from '@mantine/core';
import type { TrainingPreview } from '../../api/types';
import { Facts } from '../parts/Facts';

const mm = (sides: readonly number[]) => `${sides.map((side) => Number(side.toFixed(2))).join(' × ')} mm`;

const voxels = (sides: readonly number[]) => `${sides.join(' × ')} voxels`;

/** The network's voxel; along an axis that is not resampled, each image's own. */
const networkVoxel = (sides: readonly number[]) =>
  `${sides.map((side) => (side === 0 ? 'own' : Number(side.toFixed(2)))).join(' × ')} mm`;

const SCALES: Readonly<Record<string, string>> = {
  'z-score': 'mean 0, SD 1',
  percentile: 'clipped at 0.5 and 99.5 %, mean 0, SD 1',
  'by-plans': 'left to nnU-Net',
  signed: 'divided by its RMS, sign kept',
};

function dataFacts({ fingerprint }: TrainingPreview): (readonly [string, string])[] {
  if (fingerprint === null) return [];
  const orientations = Object.entries(fingerprint.orientations).map(([name, count]) => `${name} ${count}`);
  return [
    ['images', `${fingerprint.images}, median voxel ${mm(fingerprint.spacing_mm)}`],
    ['voxels from, to', `${mm(fingerprint.finest_mm)}, ${mm(fingerprint.coarsest_mm)}`],
    ['median size', mm(fingerprint.size_mm)],
    ['orientations', orientations.join(', ')],
  ];
}

function networkFacts({ specification, settings, folds }: TrainingPreview): (readonly [string, string])[] {
  const { localiser } = specification;
  const inputs = specification.roles.map((role, place) => {
    const kind = specification.normalisations[place] ?? '';
    return `${role} (${SCALES[kind] ?? kind})`;
  });
  return [
    ['inputs', inputs.join('; ')],
    ['network voxel', networkVoxel(specification.spacing_mm)],
    ['patch', `${voxels(specification.patch)}, ${settings.batch_size} at a time`],
    ...(localiser
      ? ([['first step', `${mm(localiser.spacing_mm)}, ${voxels(localiser.patch)}, then ${localiser.margin_mm} mm around`]] as const)
      : []),
    ['mirrored', specification.flips.join(', ') || 'never'],
    ['steps', `${settings.epochs} epochs of ${settings.steps_per_epoch}, learning rate ${settings.learning_rate}`],
    ...(folds.length > 0 ? ([['folds', folds.map((fold) => fold.join(' ')).join(' | ')]] as const) : []),
  ];
}

/** What follows from the data and the choices, before anything runs. */
export function PlanFacts({ preview }: { preview: TrainingPreview }) {
  return (
    <div>
      <Title order={3} mb={6}>
        What will run
      </Title>
      <Facts facts={[...dataFacts(preview), ...networkFacts(preview)]} />
    </div>
  );
}
