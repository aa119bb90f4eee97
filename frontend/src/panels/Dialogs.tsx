import { Alert, Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useEffect, useState, type ReactElement } from 'react';
import type { LabelVersion, TaskId } from '../state/task';
import { worstSave } from '../state/workspaceState';
import { AnatomyChecks, useAnatomyChecks } from './AnatomyChecks';
import styles from './panels.module.css';
import { useHandle, useLabels, useViewer, useWorkspace } from './viewerHandle';

export function SubmitDialog({ onSubmitted }: { readonly onSubmitted: (next: TaskId | null) => void }): ReactElement {
  const handle = useHandle();
  const opened = useViewer((state) => state.submitOpen);
  const busy = useWorkspace((state) => state.busy === 'submitting');
  const labels = useWorkspace((state) => state.task?.labels);
  const session = useLabels();
  const [comment, setComment] = useState('');
  const anatomy = useAnatomyChecks(opened);
  const close = (): void => handle.store.setState({ submitOpen: false });
  const missing = labels?.filter((label) => session?.count(label.value) === 0) ?? [];
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
        {missing.length > 0 && (
          <Text size="sm" mb="sm" c="var(--radicula-amber)">
            Not painted: {missing.map((label) => label.name).join(', ')}.
          </Text>
        )}
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

const describe = (version: LabelVersion): string => {
  const at = new Date(version.created_at);
  const time = Number.isNaN(at.getTime()) ? '' : `, ${at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}`;
  return `version ${version.number} by ${version.author ?? version.model_name ?? 'someone'}${time}`;
};

export function ConflictDialog(): ReactElement {
  const handle = useHandle();
  const conflict = useWorkspace((state) => worstSave(state.saves)?.conflict ?? null);
  const busy = useWorkspace((state) => state.busy === 'resolving');
  return (
    <Modal
      opened={conflict !== null}
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="This label map was saved elsewhere meanwhile"
    >
      {conflict && (
        <>
          <Text size="sm">
            Yours is {describe(conflict.mine)}; the other is {describe(conflict.theirs)}. Both are kept on the server. Which one
            do you want to go on with?
          </Text>
          <Group justify="flex-end" mt="md">
            <Button variant="default" disabled={busy} onClick={() => void handle.resolveConflict('theirs')}>
              Take theirs
            </Button>
            <Button data-autofocus loading={busy} onClick={() => void handle.resolveConflict('mine')}>
              Keep mine
            </Button>
          </Group>
        </>
      )}
    </Modal>
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
