import { Button, Textarea } from '@mantine/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Triple } from '../geometry/frames';
import type { CommentThread, Writing } from '../state/marks';
import type { VolumeId } from '../state/task';
import marked from './marks.module.css';
import styles from './panels.module.css';
import { Section } from './Section';
import { useHandle, useHint, useMarks, useViewer, useWorkspace } from './viewerHandle';

/** What is said about the task, at voxels and in general. */
export function CommentsPanel(): ReactElement | null {
  const { marks: board, store } = useHandle();
  const comments = useMarks((state) => state.comments);
  const writing = useMarks((state) => state.commenting);
  const shown = useWorkspace((state) => state.shown);
  const cursor = useViewer((state) => state.cursor);
  const hint = useHint();
  const fail = (error: unknown): void => store.setState({ notice: { text: error instanceof Error ? error.message : 'The comment was not sent.', tone: 'error' } });
  if (!comments) return null;
  const { threads, unread, may_comment: may } = comments;
  const begin = async (text: string): Promise<void> => {
    await board.comment(text, shown === null ? null : { volume: shown, ijk: cursor });
    board.store.setState({ commenting: null });
  };
  const news = unread > 0 && (
    <button type="button" className={marked['unread']} onClick={() => void board.read().catch(fail)}>
      Mark as read
    </button>
  );
  return (
    <Section name="comments" title={`Comments (${threads.length}${unread > 0 ? `, ${unread} new` : ''})`} label="Comments" beside={news} needed={writing !== null}>
      <ol className={marked['list']}>
        {threads.map((thread, n) => (
          <Thread key={thread.id} thread={thread} number={n + 1} may={may} onFail={fail} />
        ))}
      </ol>
      {may && !writing && (
        <Button size="compact-xs" variant="default" title={hint('Comment at the crosshair', 'comment')} onClick={() => board.store.setState({ commenting: 'asked' })}>
          Comment at the crosshair
        </Button>
      )}
      {may && writing && <WritingForm thread={null} writing={writing} label={`At voxel ${cursor.join(', ')}`} onSend={begin} onFail={fail} onClose={() => board.store.setState({ commenting: null })} />}
    </Section>
  );
}

interface ThreadProps {
  readonly thread: CommentThread;
  readonly number: number;
  readonly may: boolean;
  readonly onFail: (error: unknown) => void;
}

const SPEAKERS = { you: 'You', rater: 'The rater', reviewer: 'A reviewer' } as const;

function Thread({ thread, number, may, onFail }: ThreadProps): ReactElement {
  const { marks: board, jumpToPlace } = useHandle();
  const [answering, setAnswering] = useState<Writing | null>(() => (board.unsent(thread.id) === '' ? null : 'kept'));
  const place = thread.ijk;
  return (
    <li className={marked['thread']} data-resolved={thread.resolved || undefined}>
      <div className={marked['head']}>
        <span>
          <strong>{number}</strong>{' '}
          {place && (
            <button type="button" className={styles['link']} onClick={() => jumpToPlace(thread.volume as VolumeId | null, place as unknown as Triple)}>
              voxel {place.join(', ')}
            </button>
          )}
          {thread.resolved && <span className={styles['dim']}> resolved</span>}
        </span>
        {may && (
          <button type="button" className={styles['link']} onClick={() => void board.resolve(thread.id, !thread.resolved).catch(onFail)}>
            {thread.resolved ? 'reopen' : 'resolve'}
          </button>
        )}
      </div>
      {thread.comments.map((comment) => (
        <p key={comment.id} className={marked['said']}>
          <span className={styles['dim']}>{comment.speaker === 'you' ? 'You' : (comment.author ?? SPEAKERS[comment.speaker])}: </span>
          {comment.text}
        </p>
      ))}
      {may && !answering && (
        <button type="button" className={styles['link']} aria-label={`Answer comment ${number}`} onClick={() => setAnswering('asked')}>
          answer
        </button>
      )}
      {may && answering && (
        <WritingForm
          thread={thread.id}
          writing={answering}
          label={`Answer to ${number}`}
          onSend={async (text) => {
            await board.reply(thread.id, text);
            setAnswering(null);
          }}
          onFail={onFail}
          onClose={() => setAnswering(null)}
        />
      )}
    </li>
  );
}

interface WritingFormProps {
  /** Null for a new comment. */
  readonly thread: string | null;
  readonly writing: Writing;
  readonly label: string;
  readonly onSend: (text: string) => Promise<void>;
  readonly onFail: (error: unknown) => void;
  readonly onClose: () => void;
}

/** What was written stays where sending it fails, and comes back after a reload. */
function WritingForm({ thread, writing, label, onSend, onFail, onClose }: WritingFormProps): ReactElement {
  const { marks: board } = useHandle();
  const [text, setText] = useState(() => board.unsent(thread));
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // A form that came back by itself leaves the keys to the viewer.
    if (writing === 'asked') field.current?.focus();
  }, [writing]);
  const write = (words: string): void => {
    setText(words);
    board.write(thread, words);
  };
  const cancel = (): void => {
    board.write(thread, '');
    onClose();
  };
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      await onSend(text.trim());
    } catch (error) {
      onFail(error);
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea ref={field} size="xs" label={label} autosize minRows={2} maxLength={4000} value={text} readOnly={busy} onChange={(event) => write(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Escape' && cancel()} />
      <div className={marked['buttons']}>
        <Button size="compact-xs" type="submit" loading={busy} disabled={text.trim() === ''}>
          Send
        </Button>
        <Button size="compact-xs" variant="default" onClick={cancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
