import { Button, Group, Modal, Text } from '@mantine/core';
import { memo, useEffect, useState, type ReactElement } from 'react';
import { useBlocker } from 'react-router';
import { isDrafted } from '../state/autosave';
import { anyUnsaved } from '../state/workspaceState';
import { useHandle, useWorkspace } from './viewerHandle';

/** Going to another page of the site with unsaved work: it is saved first, and where that fails a person decides. */
export const LeaveGuard = memo(function LeaveGuard(): ReactElement | null {
  const handle = useHandle();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      currentLocation.pathname !== nextLocation.pathname && anyUnsaved(handle.state.getState().saves),
  );
  const unsaved = useWorkspace((state) => anyUnsaved(state.saves));
  const held = blocker.state === 'blocked';
  useEffect(() => {
    if (held) handle.retrySave();
  }, [held, handle]);
  useEffect(() => {
    if (held && !unsaved) blocker.proceed();
  }, [held, unsaved, blocker]);
  return held ? <HeldBack unsaved={unsaved} onStay={() => blocker.reset()} onLeave={() => blocker.proceed()} /> : null;
});

interface HeldBackProps {
  readonly unsaved: boolean;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

function HeldBack({ unsaved, onStay, onLeave }: HeldBackProps): ReactElement {
  const all = Object.values(useWorkspace((state) => state.saves));
  const saving = all.some(({ phase }) => phase === 'saving' || phase === 'dirty');
  const kept = all.every((save) => save.revision === save.confirmed || isDrafted(save));
  // Once it is known that saving failed: what is tried again meanwhile does not take the question away.
  const [asked, setAsked] = useState(false);
  if (unsaved && !saving && !asked) setAsked(true);
  return (
    <Modal opened={unsaved && asked} onClose={onStay} title="Your last strokes are not on the server">
      <Text size="sm">
        {all.find(({ message }) => message !== null)?.message ?? 'They could not be saved yet.'}{' '}
        {kept
          ? 'They are kept on this computer and are brought back when you open this task here again.'
          : 'This browser keeps no draft of them: if you leave, they are lost.'}
      </Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" color="red" onClick={onLeave}>
          {kept ? 'Leave' : 'Leave and lose them'}
        </Button>
        <Button data-autofocus onClick={onStay}>
          Stay
        </Button>
      </Group>
    </Modal>
  );
}
