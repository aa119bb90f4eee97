import type { Shape } from '../geometry/frames';
import type { MapDifference } from '../operations/compareMaps';
import type { VolumeId } from './task';

/** What a person can say of two versions made from one. */
export type ConflictChoice = 'mine' | 'theirs' | 'merge';

export interface ConflictDifference extends MapDifference {
  readonly volume: VolumeId;
  readonly shape: Shape;
}
