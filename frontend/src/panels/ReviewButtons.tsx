import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { useHandle, useViewer, useWorkspace } from './viewerHandle';

/** Accept, or return with a comment at the crosshair's voxel. */
export function ReviewButtons(): ReactElement {
  const handle = useHandle();
  const cursor = useViewer((state) => state.cursor);
  const busy = useWorkspace((state) => state.busy === 'reviewing');
  const [returning, setReturning] = useState(false);
  const [comment, setComment] = useState('');
  const sendBack = async (): Promise<void> => {
    if (await handle.review('returned', comment.trim())) setReturning(false);
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setReturning(true)}>
        Return with comment
      </Button>
      <Button size="xs" loading={busy && !returning} onClick={() => void handle.review('accepted', '')}>
        Accept
      </Button>
      <Modal opened={returning} onClose={() => setReturning(false)} title="Return with comment">
        <Textarea
          label="What should be changed?"
          required
          autosize
          minRows={3}
          data-autofocus
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed" mt="xs">
          Shown at the crosshair: voxel {cursor.join(', ')}.
        </Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setReturning(false)}>
            Cancel
          </Button>
          <Button disabled={comment.trim() === ''} loading={busy} onClick={() => void sendBack()}>
            Return
          </Button>
        </Group>
      </Modal>
    </>
  );
}
