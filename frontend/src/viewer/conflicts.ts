import type { ConflictChoice, ConflictDifference } from '../state/conflict';
import type { OpenVolume } from './openVolume';

/** Ends the conflict of each volume that has one in the same way. */
export async function resolveConflicts(volumes: Iterable<OpenVolume>, choice: ConflictChoice): Promise<void> {
  for (const { saver } of volumes) {
    if (!saver?.state.conflict) continue;
    await { mine: () => saver.keepMine(), theirs: () => saver.takeTheirs(), merge: () => saver.merge() }[choice]();
  }
}

/** How the two versions of the first conflict differ, and where; null where there is none. */
export async function conflictDifference(volumes: Iterable<OpenVolume>): Promise<ConflictDifference | null> {
  for (const { saver, volume } of volumes) {
    const found = saver?.state.conflict ? await saver.difference() : null;
    if (found) return { ...found, volume: volume.id, shape: volume.shape };
  }
  return null;
}
