import { Alert, Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useEffect, useState, type ReactElement } from 'react';
import { submissionNotes, type SubmissionNotes } from '../state/submission';
import type { AnatomyFinding, LabelDefinition, TaskId } from '../state/task';
import { AnatomyChecks, useAnatomyChecks } from './AnatomyChecks';
import styles from './overlays.module.css';
import { useOnceOpened } from './useOnceOpened';
import { useHandle, useLabels, useViewer, useWorkspace } from './viewerHandle';

interface SubmitDialogProps {
  readonly onSubmitted: (next: TaskId | null) => void;
}

export function SubmitDialog({ onSubmitted }: SubmitDialogProps): ReactElement | null {
  const opened = useViewer((state) => state.submitOpen);
  return useOnceOpened(opened) ? <Submit opened={opened} onSubmitted={onSubmitted} /> : null;
}

/** What is written here stays while it is closed. */
function Submit({ opened, onSubmitted }: SubmitDialogProps & { readonly opened: boolean }): ReactElement {
  const handle = useHandle();
  const busy = useWorkspace((state) => state.busy === 'submitting');
  const [comment, setComment] = useState('');
  const anatomy = useAnatomyChecks(opened);
  const notes = useNotes(anatomy.findings);
  const close = (): void => handle.store.setState({ submitOpen: false });
  const submit = async (): Promise<void> => {
    const done = await handle.submit(comment.trim(), anatomy.overrides);
    if (!done) return;
    close();
    onSubmitted(done.next);
  };
  return (
    <Modal opened={opened} onClose={close} title="Submit this task?">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <NotPainted labels={notes.notPainted} />
        <AnatomyChecks answers={anatomy} findings={notes.findings} onJump={close} />
        <Textarea
          label="Comment for the reviewer (optional)"
          autosize
          minRows={2}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Group justify="flex-end" className={styles['dialogActions'] ?? ''}>
          <Button variant="default" onClick={close}>
            Go on working
          </Button>
          <Button type="submit" loading={busy} disabled={anatomy.open} data-autofocus>
            Submit
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function NotPainted({ labels }: { readonly labels: readonly LabelDefinition[] }): ReactElement | null {
  if (labels.length === 0) return null;
  return (
    <Text size="sm" mb="sm" c="var(--radicula-amber)">
      Not painted: {labels.map((label) => label.name).join(', ')}.
    </Text>
  );
}

const NO_LABELS: readonly LabelDefinition[] = [];

/** What is said of the labels as they are now. */
function useNotes(findings: readonly AnatomyFinding[]): SubmissionNotes {
  const labels = useWorkspace((state) => state.task?.labels) ?? NO_LABELS;
  const shown = useWorkspace((state) => state.shown);
  const session = useLabels();
  return submissionNotes(session ? labels : NO_LABELS, (value) => session?.count(value) ?? 0, findings, shown);
}

const NOTICE_MS = 6000;

/** One short message over the planes; errors stay until they are closed. */
export function NoticeBar(): ReactElement | null {
  const { store } = useHandle();
  const notice = useViewer((state) => state.notice);
  useEffect(() => {
    if (!notice || notice.tone === 'error') return undefined;
    const timer = setTimeout(() => store.setState({ notice: null }), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice, store]);
  if (!notice) return null;
  const colour = { info: 'teal', warning: 'yellow', error: 'red' }[notice.tone];
  return (
    <Alert
      className={styles['notices'] ?? ''}
      color={colour}
      variant="filled"
      p="xs"
      withCloseButton
      closeButtonLabel="Close"
      onClose={() => store.setState({ notice: null })}
    >
      {notice.text}
    </Alert>
  );
}
