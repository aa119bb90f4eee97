import { isPlane, type PlaneName } from '../geometry/planes';
import type { RoleDisplay } from '../state/display';
import { LAYOUTS, type HungViewport, type LayoutName } from '../state/layouts';
import type { Task, TaskVolume } from '../state/task';
import { SceneSlot } from './sceneSlot';

/** What the protocol says of a volume's role. */
export const roleOf = (task: Task | null, volume: Pick<TaskVolume, 'role'>): RoleDisplay | undefined =>
  task?.hanging.roles.find(({ name }) => name === volume.role);

/** The layout that the protocol opens a case with. */
export function firstLayout(task: Task): LayoutName | null {
  const first = LAYOUTS.find(({ hung }) => hung === task.hanging.first)?.name ?? null;
  return first === 'mpr3d' && SceneSlot === null ? 'mpr' : first;
}

/** Which volume the protocol hangs in which viewport of a layout; those of volumes that the case lacks are left out. */
export function hungViewports(task: Task, layout: LayoutName): readonly HungViewport[] {
  const hung = LAYOUTS.find(({ name }) => name === layout)?.hung;
  const given = task.hanging.layouts.find(({ name }) => name === hung)?.viewports ?? [];
  return given.flatMap(({ view, role }) => {
    const volume = task.volumes.find((candidate) => candidate.role === role);
    return volume && isPlane(view) ? [{ plane: view as PlaneName, volume: volume.id }] : [];
  });
}
