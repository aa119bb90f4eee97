import { askAhead } from '../api/ahead';
import { addressOf } from '../api/http';
import type { Task } from '../state/task';

const OPENS_TASK = /^\/tasks\/([0-9a-f-]{36})$/;
/** A press becomes a click within so long, or none at all. */
const PRESS_MS = 1_000;

let pressed = { id: '', atMs: -Infinity };

/** Sets a task on its way with the press on its link: a click ends a tenth of a second later. Returns the disposer. */
export function sendForPressedTask(): () => void {
  const onPress = (event: PointerEvent): void => {
    const elsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (elsewhere || !(event.target instanceof Element)) return;
    const [, id] = OPENS_TASK.exec(event.target.closest('a')?.getAttribute('href') ?? '') ?? [];
    if (id === undefined) return;
    sendForTask(id);
    pressed = { id, atMs: performance.now() };
  };
  document.addEventListener('pointerdown', onPress, { passive: true });
  return () => document.removeEventListener('pointerdown', onPress);
}

/** Sets a task and the scan that it opens with on their way, while the viewer's code is. */
export function sendForTask(id: string): void {
  if (pressed.id === id && performance.now() - pressed.atMs < PRESS_MS) return;
  // Where it fails the viewer asks again, and says what is wrong.
  askAhead(addressOf('/api/v1/tasks/{task_id}', { task_id: id }), sendForScan).catch(() => {});
}

async function sendForScan(answer: Response): Promise<void> {
  const { volumes } = (await answer.json()) as Task;
  const first = volumes.find((volume) => volume.labelled) ?? volumes[0];
  if (first) askAhead(first.voxels_url).catch(() => {});
}
