import { Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconCloudOff, IconCloudUp, IconPencil } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import type { SavePhase } from '../state/autosave';
import { worstSave } from '../state/workspaceState';
import own from './SaveIndicator.module.css';
import toolbar from './Toolbar.module.css';
import { LeaveGuard } from './LeaveGuard';
import { saveWords } from './saveWords';
import { useHandle, useWorkspace } from './viewerHandle';

const ICONS: Record<SavePhase, typeof IconCheck> = {
  clean: IconCircleDashed,
  dirty: IconPencil,
  saving: IconCloudUp,
  saved: IconCheck,
  offline: IconCloudOff,
  conflict: IconAlertTriangle,
  error: IconAlertTriangle,
};

export function SaveIndicator(): ReactElement | null {
  const handle = useHandle();
  const save = useWorkspace((state) => worstSave(state.saves));
  if (!save) return null;
  const { tone, short, long } = saveWords(save);
  const Icon = ICONS[save.phase];
  return (
    <>
      <LeaveGuard />
      <Tooltip label={long} position="bottom">
        <span className={own['save']} data-tone={tone} role="status" data-testid="save-state" data-phase={save.phase}>
          <Icon size={16} aria-hidden />
          {short}
        </span>
      </Tooltip>
      {(save.phase === 'error' || save.phase === 'offline') && (
        <button type="button" className={toolbar['tool']} onClick={() => handle.retrySave()}>
          Try again
        </button>
      )}
    </>
  );
}
