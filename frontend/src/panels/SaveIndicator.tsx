import { Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconCloudOff, IconCloudUp, IconPencil } from '@tabler/icons-react';
import { memo, type ReactElement } from 'react';
import type { SavePhase } from '../state/autosave';
import { worstSave } from '../state/workspaceState';
import own from './SaveIndicator.module.css';
import toolbar from './Toolbar.module.css';
import { LeaveGuard } from './LeaveGuard';
import { saveWords, type SaveWords } from './saveWords';
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
  return (
    <>
      <LeaveGuard />
      <SaveSign phase={save.phase} tone={tone} short={short} long={long} />
      {(save.phase === 'error' || save.phase === 'offline') && (
        <button type="button" className={toolbar['tool']} onClick={() => handle.retrySave()}>
          Try again
        </button>
      )}
    </>
  );
}

/** The state of saving changes with every step of the work; what is said of it seldom does. */
const SaveSign = memo(function SaveSign({ phase, tone, short, long }: SaveWords & { readonly phase: SavePhase }): ReactElement {
  const Icon = ICONS[phase];
  return (
    <Tooltip label={long} position="bottom">
      <span className={own['save']} data-tone={tone} role="status" data-testid="save-state" data-phase={phase}>
        <Icon size={16} aria-hidden />
        {short}
      </span>
    </Tooltip>
  );
});
