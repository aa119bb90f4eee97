import { isOpenForWork, type Task, type TaskId } from '../state/task';
import type { WorkspaceStore } from '../state/workspaceState';
import { remembersMaps } from './keepView';
import type { TaskApi } from './taskApi';
import { withMaps, type UncertaintyMap } from './uncertaintyMaps';

/** The task as the server knows it, in the page's state. What the first slice does not need is asked for after it. */
export class TaskInHand {
  private maps: readonly UncertaintyMap[] | null = null;
  private begun: Promise<unknown> | null = null;

  constructor(
    private readonly api: TaskApi,
    private readonly state: WorkspaceStore,
    private readonly signal: AbortSignal,
  ) {}

  async read(id: TaskId): Promise<Task> {
    const task = await this.api.task(id, this.signal);
    this.signal.throwIfAborted();
    // Where the person has set such a map up in this study it is hung with the other volumes.
    if (this.maps === null && remembersMaps(task)) this.maps = await this.api.maps(task, this.signal);
    this.signal.throwIfAborted();
    return this.know(task);
  }

  /**
   * Tells the server that work begins, where there is work to do; what it answers is the task from then on. Told once,
   * however often it is called.
   */
  async begin(): Promise<Task> {
    const task = this.known;
    if (isOpenForWork(task)) this.begun ??= this.api.open(task.id, this.signal).then((opened) => this.know(opened));
    await this.begun;
    return this.known;
  }

  /** Adds the uncertainty maps to the volumes, if there are any. */
  async addMaps(): Promise<void> {
    if (this.maps !== null) return;
    this.maps = await this.api.maps(this.known, this.signal);
    if (this.maps.length > 0 && !this.signal.aborted) this.know(this.known);
  }

  get known(): Task {
    const { task } = this.state.getState();
    if (!task) throw new Error('The task is not there yet.');
    return task;
  }

  private know(task: Task): Task {
    const known = withMaps(task, this.maps ?? []);
    this.state.setState({ task: known });
    return known;
  }
}
