import { askAhead } from '../api/ahead';
import { addressOf } from '../api/http';
import type { Task } from '../state/task';

/** Sets a task and the scan that it opens with on their way, while the viewer's code is. */
export function sendForTask(id: string): void {
  // Where it fails the viewer asks again, and says what is wrong.
  askAhead(addressOf('/api/v1/tasks/{task_id}', { task_id: id }), sendForScan).catch(() => {});
}

async function sendForScan(answer: Response): Promise<void> {
  const { volumes } = (await answer.json()) as Task;
  const first = volumes.find((volume) => volume.labelled) ?? volumes[0];
  if (first) askAhead(first.voxels_url).catch(() => {});
}
