import { api, bodyOf } from '../api/http';
import { markValues } from '../geometry/marks';
import { createMarksStore, markOf, sentMark, type Comments, type Mark, type MarkBoard } from '../state/marks';
import { MarkHistory } from '../state/markHistory';
import type { TaskId, VolumeId } from '../state/task';
import { CommentDrafts } from './commentDrafts';
import { pageMarkDrafts, type MarkDrafts } from './markDrafts';
import { THIS_TAB } from './tabIdentity';
import type { TaskWorkspace } from './workspace';

const RETRY_MS = 4000;
const TASK_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The marks and comments of one task: changed at once, sent in the order of the changes, and undone with the labels. */
export class TaskMarks implements MarkBoard {
  readonly store = createMarksStore();
  private readonly histories = new Map<VolumeId | null, MarkHistory>();
  private sending: Promise<boolean> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly workspace: TaskWorkspace,
    private readonly task: TaskId,
    private readonly drafts: MarkDrafts = pageMarkDrafts,
    private readonly written = new CommentDrafts(task),
  ) {}

  get mayEdit(): boolean {
    return this.workspace.state.getState().task?.may.edit ?? false;
  }

  /** Loads them, and says where that fails; what this computer still has of them comes back all the same. */
  async open(): Promise<void> {
    try {
      await this.load();
    } catch (error) {
      const text = error instanceof Error ? error.message : 'The marks could not be loaded.';
      this.workspace.store.setState({ notice: { text, tone: 'error' } });
    }
    await this.restore();
  }

  async load(): Promise<void> {
    // What is shown of results and of scores is no task of the site: nobody has marked or said anything there.
    if (!TASK_ID.test(this.task)) return;
    const params = { path: { task_id: this.task } };
    const [marks, comments] = await Promise.all([
      bodyOf(api.GET('/api/v1/tasks/{task_id}/marks', { params })),
      bodyOf(api.GET('/api/v1/tasks/{task_id}/comments', { params })),
    ]);
    // What is on its way to the server is newer than what the server says.
    const { unsaved, marks: own } = this.store.getState();
    const kept = marks.map(markOf).filter(({ id }) => !unsaved.has(id));
    this.written.settle(comments.threads);
    this.store.setState(({ commenting }) => ({
      marks: [...kept, ...own.filter(({ id }) => unsaved.has(id))],
      comments,
      commenting: commenting ?? (this.unsent(null) === '' ? null : 'kept'),
    }));
  }

  /** Brings back what a tab that is gone could not send. */
  async restore(): Promise<void> {
    if (!this.mayEdit) return;
    const left = await this.drafts.left(this.task).catch(() => []);
    for (const draft of left) {
      this.put(this.find(draft.id), draft.mark, draft.id);
      if (draft.tab !== THIS_TAB) void this.drafts.remove(draft).catch(() => {});
    }
    if (left.length > 0) this.workspace.store.setState({ notice: { text: 'Restored your unsaved marks.', tone: 'info' } });
  }

  dispose(): void {
    clearTimeout(this.timer);
    void this.flush();
  }

  measured(mark: Omit<Mark, 'values'>): Mark {
    const open = this.workspace.opened(mark.volume);
    if (!open) return { ...mark, values: {} };
    const { affine, volume, image } = open;
    return { ...mark, values: markValues(mark, { affine, shape: volume.shape, voxels: volume.components === 1 ? image : null }) };
  }

  keep(mark: Mark): void {
    const before = this.find(mark.id);
    this.step(before, mark);
    this.store.setState({ selected: mark.id, draft: null });
  }

  rename(id: string, name: string): void {
    const mark = this.find(id);
    if (mark && mark.name !== name) this.step(mark, { ...mark, name });
  }

  remove(id: string): void {
    const mark = this.find(id);
    if (mark) this.step(mark, null);
  }

  /** What was done to the marks while this volume was worked on. */
  history(volume: VolumeId | null): MarkHistory {
    const known = this.histories.get(volume) ?? new MarkHistory();
    this.histories.set(volume, known);
    return known;
  }

  /** Does the last step of the work change a mark? Then undo takes that back; else it is the labels' turn. */
  undo(): boolean {
    const { shown } = this.workspace.state.getState();
    const step = this.history(shown).takeUndo(this.labelSteps(shown));
    if (step) this.put(step.after, step.before);
    return step !== null;
  }

  redo(): boolean {
    const { shown } = this.workspace.state.getState();
    const step = this.history(shown).takeRedo(this.labelSteps(shown));
    if (step) this.put(step.before, step.after);
    return step !== null;
  }

  /** Everything is on the server; false where it could not be reached. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    this.sending ??= this.send().finally(() => (this.sending = null));
    return this.sending;
  }

  async comment(text: string, at: { readonly volume: VolumeId; readonly ijk: readonly number[] } | null): Promise<void> {
    const body = { text, volume: at?.volume ?? null, ijk: at ? [...at.ijk] : null };
    await this.say(null, text, () => bodyOf(api.POST('/api/v1/tasks/{task_id}/comments', { params: { path: { task_id: this.task } }, body })));
  }

  async reply(thread: string, text: string): Promise<void> {
    const params = { path: { task_id: this.task, thread_id: thread } };
    await this.say(thread, text, () => bodyOf(api.POST('/api/v1/tasks/{task_id}/comments/{thread_id}/replies', { params, body: { text } })));
  }

  unsent(thread: string | null): string {
    return this.written.text(thread);
  }

  write(thread: string | null, text: string): void {
    this.written.write(thread, text);
  }

  async resolve(thread: string, resolved: boolean): Promise<void> {
    const params = { path: { task_id: this.task, thread_id: thread } };
    await this.told(bodyOf(api.POST('/api/v1/tasks/{task_id}/comments/{thread_id}/resolve', { params, body: { resolved } })));
  }

  async read(): Promise<void> {
    await this.told(bodyOf(api.POST('/api/v1/tasks/{task_id}/comments/read', { params: { path: { task_id: this.task } } })));
  }

  private async say(thread: string | null, text: string, send: () => Promise<Comments>): Promise<void> {
    this.written.send(thread, text, this.store.getState().comments?.threads ?? []);
    await this.told(send());
    this.written.remove(thread);
  }

  private async told(answer: Promise<Comments>): Promise<void> {
    this.store.setState({ comments: await answer });
  }

  private find(id: string): Mark | null {
    return this.store.getState().marks.find((mark) => mark.id === id) ?? null;
  }

  private labelSteps(volume: VolumeId | null): number {
    const session = volume === null ? null : this.workspace.opened(volume)?.session;
    return session ? session.steps.length + session.forgotten.steps : 0;
  }

  private step(before: Mark | null, after: Mark | null): void {
    const { shown } = this.workspace.state.getState();
    this.history(shown).push({ before, after, labelSteps: this.labelSteps(shown) });
    this.put(before, after);
  }

  private put(before: Mark | null, after: Mark | null, id = (after ?? before)?.id): void {
    if (id === undefined) return;
    this.store.setState(({ marks, selected, unsaved }) => ({
      marks: after === null ? marks.filter((mark) => mark.id !== id) : this.find(id) ? marks.map((mark) => (mark.id === id ? after : mark)) : [...marks, after],
      selected: after === null && selected === id ? null : selected,
      unsaved: new Set([...unsaved, id]),
    }));
    void this.drafts.put({ task: this.task, id, mark: after, tab: THIS_TAB }).catch(() => {});
    void this.flush();
  }

  private async send(): Promise<boolean> {
    for (;;) {
      const [id] = this.store.getState().unsaved;
      if (id === undefined) return true;
      const mark = this.find(id);
      try {
        const params = { path: { task_id: this.task, mark_id: id } };
        if (mark) await api.PUT('/api/v1/tasks/{task_id}/marks/{mark_id}', { params, body: sentMark(mark) });
        else await api.DELETE('/api/v1/tasks/{task_id}/marks/{mark_id}', { params });
      } catch (error) {
        const away = !(error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500);
        const text = error instanceof Error ? error.message : 'The mark could not be saved.';
        this.workspace.store.setState({ notice: { text: away ? 'A mark is not saved yet; it is sent again until it is.' : text, tone: 'error' } });
        if (away) this.timer = setTimeout(() => void this.flush(), RETRY_MS);
        // Refused for good: asking again would change nothing, and the notice says why.
        else this.confirm(id);
        return false;
      }
      // It may have been changed again meanwhile: then it is sent again.
      if (this.find(id) === mark) this.confirm(id);
    }
  }

  private confirm(id: string): void {
    this.store.setState(({ unsaved }) => ({ unsaved: new Set([...unsaved].filter((other) => other !== id)) }));
    void this.drafts.remove({ task: this.task, id, tab: THIS_TAB }).catch(() => {});
  }
}
