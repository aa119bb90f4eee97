import { IconAlertTriangle, IconEye, IconEyeOff, IconLock, IconLockOpen } from '@tabler/icons-react';
import { memo, type ReactElement } from 'react';
import { colourOf } from '../state/labelColours';
import type { LabelDefinition } from '../state/task';
import styles from './LabelPanel.module.css';
import { useHandle, useViewer } from './viewerHandle';

interface LabelRowProps {
  readonly label: LabelDefinition;
  readonly hotkey: string | null;
  readonly count: number;
  readonly voxelMm3: number;
  readonly lockable: boolean;
  readonly locked: boolean;
  /** What is wrong with its place along the spine. */
  readonly warning: string | null;
}

/** A label with its live size; choose, lock, hide. A stroke changes one or two of them: the others are not drawn again. */
export const LabelRow = memo(function LabelRow({ label, hotkey, count, voxelMm3, lockable, locked, warning }: LabelRowProps): ReactElement {
  const handle = useHandle();
  const active = useViewer((state) => state.activeLabel === label.value);
  const hidden = useViewer((state) => state.hiddenLabels.has(label.value));
  const colour = useViewer((state) => colourOf(label, state.labelColours));
  const toggle = (): void => {
    const hiddenLabels = new Set(handle.store.getState().hiddenLabels);
    if (!hiddenLabels.delete(label.value)) hiddenLabels.add(label.value);
    handle.store.setState({ hiddenLabels });
  };
  const volume = count * voxelMm3;
  return (
    <div className={styles['labelRow']} data-active={active || undefined} data-hidden={hidden || undefined}>
      <button
        type="button"
        className={styles['labelButton']}
        aria-pressed={active}
        title={`${warning ? `${warning}. ` : ''}${label.name}${hotkey === null ? '' : ` (${hotkey})`}; double click goes there`}
        onClick={() => handle.store.setState({ activeLabel: label.value })}
        onDoubleClick={() => handle.jumpToLabel(label.value)}
      >
        <span className={styles['swatch']} style={{ background: colour }}>
          <span className="visually-hidden">label </span>
          {label.value}
        </span>
        <span className={styles['labelName']}>
          {label.name}
          {warning && <IconAlertTriangle size={13} className={styles['warning']} role="img" aria-label={warning} title={warning} />}
        </span>
        <span className={styles['labelCount']}>
          <span data-testid={`count-${label.value}`}>{count.toLocaleString('en')}</span> vox
          <br />
          {volume.toLocaleString('en', { maximumFractionDigits: 1 })} mm³
        </span>
      </button>
      {lockable && (
        <button
          type="button"
          className={styles['eye']}
          aria-label={`Lock ${label.name}`}
          aria-pressed={locked}
          title={locked ? 'Locked: no tool changes it' : 'Lock: no tool changes it'}
          onClick={() => handle.labels()?.setLocked(label.value, !locked)}
        >
          {locked ? <IconLock size={15} /> : <IconLockOpen size={15} />}
        </button>
      )}
      <button type="button" className={styles['eye']} aria-label={`${hidden ? 'Show' : 'Hide'} ${label.name}`} onClick={toggle}>
        {hidden ? <IconEyeOff size={15} /> : <IconEye size={15} />}
      </button>
    </div>
  );
});
