import { SegmentedControl, Slider, Switch } from '@mantine/core';
import { IconEye, IconEyeOff, IconFocusCentered } from '@tabler/icons-react';
import { keyOfLabel } from '../state/labelKeys';
import type { ReactElement } from 'react';
import type { LabelSession } from '../state/labelSession';
import type { LabelDefinition } from '../state/task';
import { BRUSH_SIZES_MM } from '../state/viewerStore';
import styles from './panels.module.css';
import { useHandle, useLabels, useViewer, useWorkspace } from './viewerHandle';

/** Labels with their live volumes, and the options of tool and display. */
export function LabelPanel(): ReactElement {
  const task = useWorkspace((state) => state.task);
  const session = useLabels();
  const handle = useHandle();
  return (
    <aside className={styles['side']} data-side="right" aria-label="Labels">
      <section className={styles['group']}>
        <h2 className={styles['heading']}>Labels</h2>
        {task?.labels.map((label) => (
          <LabelRow key={label.value} label={label} hotkey={keyOfLabel(task.labels, label)} session={session} />
        ))}
      </section>
      {handle.mayPaint && <ToolOptions />}
      <DisplayOptions />
      {handle.mayPaint && session && <History session={session} />}
    </aside>
  );
}

interface LabelRowProps {
  readonly label: LabelDefinition;
  readonly hotkey: number | null;
  readonly session: LabelSession | null;
}

function LabelRow({ label, hotkey, session }: LabelRowProps): ReactElement {
  const handle = useHandle();
  const active = useViewer((state) => state.activeLabel === label.value);
  const hidden = useViewer((state) => state.hiddenLabels.has(label.value));
  const count = session?.count(label.value) ?? 0;
  const toggle = (): void => {
    const hiddenLabels = new Set(handle.store.getState().hiddenLabels);
    if (!hiddenLabels.delete(label.value)) hiddenLabels.add(label.value);
    handle.store.setState({ hiddenLabels });
  };
  const volume = count * handle.voxelMm3;
  return (
    <div className={styles['labelRow']} data-active={active || undefined} data-hidden={hidden || undefined}>
      <button
        type="button"
        className={styles['labelButton']}
        aria-pressed={active}
        aria-label={`${label.name}, label ${label.value}`}
        title={`${label.name}${hotkey === null ? '' : ` (${hotkey})`}; double click goes there`}
        onClick={() => handle.store.setState({ activeLabel: label.value })}
        onDoubleClick={() => handle.jumpToLabel(label.value)}
      >
        <span className={styles['swatch']} style={{ background: label.colour }}>
          {label.value}
        </span>
        <span className={styles['labelName']}>{label.name}</span>
        <span className={styles['labelCount']}>
          <span data-testid={`count-${label.value}`}>{count.toLocaleString('en')}</span> vox
          <br />
          {volume.toLocaleString('en', { maximumFractionDigits: 1 })} mm³
        </span>
      </button>
      <button type="button" className={styles['eye']} aria-label={`${hidden ? 'Show' : 'Hide'} ${label.name}`} onClick={toggle}>
        {hidden ? <IconEyeOff size={15} /> : <IconEye size={15} />}
      </button>
    </div>
  );
}

function ToolOptions(): ReactElement {
  const handle = useHandle();
  const { store } = handle;
  const tool = useViewer((state) => state.tool);
  const brushMm = useViewer((state) => state.brushMm);
  const paintOver = useViewer((state) => state.paintOver);
  const eraseOnly = useViewer((state) => state.eraseOnly);
  const sized = tool === 'brush' || tool === 'eraser';
  const nearest = BRUSH_SIZES_MM.indexOf(brushMm);
  return (
    <section className={styles['group']}>
      <h2 className={styles['heading']}>Tool</h2>
      {sized && (
        <>
          <div className={styles['fact']}>
            <span>Diameter ([ and ])</span>
            <span>{brushMm} mm</span>
          </div>
          <Slider
            size="sm"
            mb="sm"
            label={null}
            min={0}
            max={BRUSH_SIZES_MM.length - 1}
            value={nearest < 0 ? 6 : nearest}
            thumbLabel="Brush diameter"
            onChange={(n) => store.setState({ brushMm: BRUSH_SIZES_MM[n] ?? brushMm })}
          />
        </>
      )}
      {(tool === 'brush' || tool === 'pencil') && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Paint over"
          value={paintOver}
          data={[
            { value: 'everything', label: 'Over all' },
            { value: 'background', label: 'Empty only' },
          ]}
          onChange={(value) => store.setState({ paintOver: value as typeof paintOver })}
        />
      )}
      {tool === 'eraser' && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Erase"
          value={eraseOnly}
          data={[
            { value: 'active', label: 'This label' },
            { value: 'everything', label: 'All labels' },
          ]}
          onChange={(value) => store.setState({ eraseOnly: value as typeof eraseOnly })}
        />
      )}
      {(tool === 'crosshair' || tool === 'window') && (
        <span className={styles['dim']}>{tool === 'crosshair' ? 'Click to link the planes.' : 'Drag on the image.'}</span>
      )}
    </section>
  );
}

function DisplayOptions(): ReactElement {
  const handle = useHandle();
  const { store } = handle;
  const opacity = useViewer((state) => state.labelOpacity);
  const outline = useViewer((state) => state.outline);
  const visible = useViewer((state) => state.labelsVisible);
  const smooth = useViewer((state) => state.smooth);
  const activeLabel = useViewer((state) => state.activeLabel);
  return (
    <section className={styles['group']}>
      <h2 className={styles['heading']}>Display</h2>
      <div className={styles['fact']}>
        <span>Fill</span>
        <span>{Math.round(opacity * 100)}%</span>
      </div>
      <Slider
        size="sm"
        mb="sm"
        label={null}
        min={0}
        max={100}
        value={Math.round(opacity * 100)}
        thumbLabel="Label fill opacity"
        onChange={(value) => store.setState({ labelOpacity: value / 100 })}
      />
      <Switch size="xs" mb={6} label="Labels (Space)" checked={visible} onChange={() => handle.perform({ type: 'toggleLabels' })} />
      <Switch size="xs" mb={6} label="Outline (O)" checked={outline} onChange={() => handle.perform({ type: 'toggleOutline' })} />
      <Switch size="xs" mb={6} label="Smooth image" checked={smooth} onChange={() => store.setState({ smooth: !smooth })} />
      <button type="button" className={styles['link']} onClick={() => handle.jumpToLabel(activeLabel)}>
        <IconFocusCentered size={14} style={{ verticalAlign: -2 }} aria-hidden /> Go to the active label
      </button>
    </section>
  );
}

function History({ session }: { readonly session: LabelSession }): ReactElement {
  const names = session.editNames.slice(-20).reverse();
  return (
    <section className={styles['group']}>
      <h2 className={styles['heading']}>History ({session.editNames.length})</h2>
      {names.length === 0 && <span className={styles['dim']}>Nothing to undo.</span>}
      <ol className={styles['history']}>
        {names.map((name, n) => (
          <li key={session.editNames.length - n} className={styles['dim']}>
            {name}
          </li>
        ))}
      </ol>
    </section>
  );
}
