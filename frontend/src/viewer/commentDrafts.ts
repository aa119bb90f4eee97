import type { sessionGet } from '../api/client';
import { keys } from '../api/queries';
import { queryClient } from '../app/queryClient';
import type { CommentThread } from '../state/marks';
import type { TaskId } from '../state/task';

/** A comment, or an answer in a thread, that the server is not known to have. */
interface CommentDraft {
  readonly text: string;
  /** How many comments of just these words the person had made when it was sent; null where it was not sent since it was written. */
  readonly before: number | null;
}

type Session = Awaited<ReturnType<typeof sessionGet>>;

/** Two people at one browser do not find each other's words. */
const signedIn = (): string => queryClient.getQueryData<Session>(keys.session)?.user?.username ?? '';

/**
 * What a person writes to a task, for as long as the server has not taken it: it outlives a reload, also one while it was on
 * its way. Kept for this tab; where the browser keeps nothing it lasts until the page is left.
 */
export class CommentDrafts {
  private readonly known = new Map<string, CommentDraft>();

  constructor(
    private readonly task: TaskId,
    private readonly storage: () => Storage = () => sessionStorage,
    private readonly user: () => string = signedIn,
  ) {}

  /** Of a new comment (null) or of an answer in a thread. */
  text(thread: string | null): string {
    return this.read(this.key(thread))?.text ?? '';
  }

  write(thread: string | null, text: string): void {
    if (text === '') this.remove(thread);
    else this.keep(thread, { text, before: null });
  }

  /** It is on its way. Should the page go before the answer comes, `settle` finds out whether it arrived. */
  send(thread: string | null, text: string, threads: readonly CommentThread[]): void {
    this.keep(thread, { text, before: alike(text, thread, threads) });
  }

  remove(thread: string | null): void {
    const key = this.key(thread);
    this.known.delete(key);
    try {
      this.storage().removeItem(key);
    } catch {
      // Nothing is kept here.
    }
  }

  /** Drops what was sent and is among the comments. */
  settle(threads: readonly CommentThread[]): void {
    for (const thread of [null, ...threads.map(({ id }) => id)]) {
      const draft = this.read(this.key(thread));
      if (draft && draft.before !== null && alike(draft.text, thread, threads) > draft.before) this.remove(thread);
    }
  }

  private key(thread: string | null): string {
    return ['radicula.comment', this.user(), this.task, ...(thread === null ? [] : [thread])].join('.');
  }

  private keep(thread: string | null, draft: CommentDraft): void {
    const key = this.key(thread);
    this.known.set(key, draft);
    try {
      this.storage().setItem(key, JSON.stringify(draft));
    } catch {
      // Full or forbidden: it lasts until the page is left.
    }
  }

  private read(key: string): CommentDraft | null {
    const known = this.known.get(key);
    if (known) return known;
    try {
      return draftOf(JSON.parse(this.storage().getItem(key) ?? 'null'));
    } catch {
      return null;
    }
  }
}

/** How many comments of the person's own say this: the first ones of threads, or the answers in one. */
function alike(text: string, thread: string | null, threads: readonly CommentThread[]): number {
  const said = thread === null ? threads.flatMap(({ comments }) => comments.slice(0, 1)) : threads.filter(({ id }) => id === thread).flatMap(({ comments }) => comments.slice(1));
  return said.filter((comment) => comment.speaker === 'you' && comment.text === text.trim()).length;
}

function draftOf(stored: unknown): CommentDraft | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { text, before } = stored as Partial<Record<keyof CommentDraft, unknown>>;
  return typeof text === 'string' ? { text, before: typeof before === 'number' ? before : null } : null;
}
