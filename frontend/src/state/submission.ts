import type { AnatomyFinding, LabelDefinition, VolumeId } from './task';

const MISSING = 'level_missing';

/** What is said of labels before they are handed in, each thing once. */
export interface SubmissionNotes {
  /** Labels without a voxel that a case is not complete without, and that no finding below speaks of. */
  readonly notPainted: readonly LabelDefinition[];
  readonly findings: readonly AnatomyFinding[];
}

/**
 * A level that is not drawn between two that are is a finding, with a place to go to and a reason to give. One beyond the
 * last is a name in the line of what is not painted, in which the other empty labels of the volume shown stand already.
 */
export function submissionNotes(
  labels: readonly LabelDefinition[],
  count: (value: number) => number,
  findings: readonly AnatomyFinding[],
  shown: VolumeId | null,
): SubmissionNotes {
  const empty = labels.filter(({ value, optional }) => !optional && count(value) === 0);
  const here = findings.filter(({ code, volume }) => code === MISSING && volume === shown);
  const serious = new Set(here.filter(({ severity }) => severity === 'serious').flatMap((finding) => finding.labels));
  const named = new Set(empty.map(({ value }) => value));
  return {
    notPainted: empty.filter(({ value }) => !serious.has(value)),
    findings: findings.filter((one) => !(here.includes(one) && one.severity === 'minor' && one.labels.every((value) => named.has(value)))),
  };
}
