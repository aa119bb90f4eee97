import { Button, NativeSelect, Progress } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { OPERATIONS, type OperationName } from '../state/operationForm';
import { OperationFields } from './OperationFields';
import overlays from './overlays.module.css';
import styles from './panels.module.css';
import { Section } from './Section';
import { useHandle, useHint, useViewer } from './viewerHandle';

/** Operations on the active label in the whole volume. */
export function OperationsPanel(): ReactElement {
  const handle = useHandle();
  const { store } = handle;
  const form = useViewer((state) => state.operationForm);
  const busy = useViewer((state) => state.operation !== null);
  const plane = useViewer((state) => state.activePlane);
  const pending = useViewer((state) => state.pending);
  const waiting = useViewer((state) => state.pending !== null || state.thresholdLive);
  const hint = useHint();
  const kind = OPERATIONS.find(({ operation }) => operation === form.operation);
  return (
    <Section name="operations" title="Operations on the active label" label="Operations" needed={waiting}>
      <NativeSelect
        size="xs"
        className={styles['field']}
        aria-label="Operation"
        value={form.operation}
        data={OPERATIONS.map(({ operation, words }) => ({ value: operation, label: words }))}
        onChange={(event) => store.setState({ operationForm: { ...form, operation: event.currentTarget.value as OperationName } })}
      />
      {kind && <OperationFields asks={kind.asks} />}
      {(form.operation === 'interpolate' || (form.operation === 'fillHoles' && form.flat) || (form.operation === 'threshold' && form.region === 'slice')) && (
        <p className={styles['dim']}>In the {plane} plane, the one last pointed at.</p>
      )}
      {waiting ? (
        <>
          <p className={styles['dim']} aria-live="polite">
            {pending ? `${pending.name}: ${pending.change.indices.length.toLocaleString('en')} voxels would change.` : 'The preview follows the range.'}
          </p>
          <div className={styles['row']}>
            <Button size="compact-sm" px={4} onClick={() => handle.perform({ type: 'accept' })}>
              {hint('Accept', 'accept')}
            </Button>
            <Button size="compact-sm" px={4} variant="default" onClick={() => handle.perform({ type: 'cancel' })}>
              {hint('Give up', 'cancel')}
            </Button>
          </div>
        </>
      ) : (
        <div className={styles['row']}>
          <Button size="compact-sm" disabled={busy} onClick={() => handle.operate(form)}>
            {hint('Apply', idOf(form.operation))}
          </Button>
          <Button size="compact-sm" variant="default" disabled={busy} onClick={() => handle.operate(form, true)}>
            Preview
          </Button>
        </div>
      )}
      <div className={styles['row']}>
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy}
          leftSection={<IconCopy size={13} />}
          aria-label="Copy to the previous slice"
          title={hint('Copy to the previous slice', 'copy.previous')}
          onClick={() => handle.perform({ type: 'copySlice', direction: -1 })}
        >
          Copy back
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy}
          leftSection={<IconCopy size={13} />}
          aria-label="Copy to the next slice"
          title={hint('Copy to the next slice', 'copy.next')}
          onClick={() => handle.perform({ type: 'copySlice', direction: 1 })}
        >
          Copy on
        </Button>
      </div>
      <div className={styles['row']}>
        <Button size="compact-xs" variant="default" disabled={busy} title={hint('Carry the label to the previous slice, adapted to the image, as a preview', 'propagate.previous')} onClick={() => handle.perform({ type: 'propagate', direction: -1 })}>
          Propagate back
        </Button>
        <Button size="compact-xs" variant="default" disabled={busy} title={hint('Carry the label to the next slice, adapted to the image, as a preview', 'propagate.next')} onClick={() => handle.perform({ type: 'propagate', direction: 1 })}>
          Propagate on
        </Button>
      </div>
    </Section>
  );
}

const idOf = (operation: OperationName): string => (operation === 'interpolate' ? 'interpolate' : `operation.${operation}`);

/** Over the planes while an operation runs: how far it is, and a way out. */
export function OperationProgress(): ReactElement | null {
  const handle = useHandle();
  const operation = useViewer((state) => state.operation);
  if (!operation) return null;
  return (
    <div className={overlays['operation']} role="status">
      <div className={styles['fact']}>
        <span>{operation.name}</span>
        <span>{Math.round(operation.fraction * 100)}%</span>
      </div>
      <Progress size="sm" mb={8} value={operation.fraction * 100} aria-label={operation.name} />
      <Button size="compact-xs" variant="default" onClick={() => handle.cancelOperation()}>
        Cancel
      </Button>
    </div>
  );
}
