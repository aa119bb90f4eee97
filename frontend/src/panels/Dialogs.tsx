import { Alert, Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useEffect, useState, type ReactElement } from 'react';
import type { TaskId } from '../state/task';
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
        <NotPainted />
        <AnatomyChecks answers={anatomy} onJump={close} />
        <Textarea
          label="Comment for the reviewer (optional)"
          autosize
          minRows={2}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
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

function NotPainted(): ReactElement | null {
  const labels = useWorkspace((state) => state.task?.labels);
  const session = useLabels();
  const missing = labels?.filter((label) => session?.count(label.value) === 0) ?? [];
  if (missing.length === 0) return null;
  return (
    <Text size="sm" mb="sm" c="var(--radicula-amber)">
      Not painted: {missing.map((label) => label.name).join(', ')}.
    </Text>
  );
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
