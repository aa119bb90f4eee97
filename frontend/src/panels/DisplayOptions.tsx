import { Slider, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import styles from './panels.module.css';
import { useHandle, useHint, useViewer } from './viewerHandle';

export function DisplayOptions(): ReactElement {
  const handle = useHandle();
  const { store } = handle;
  const opacity = useViewer((state) => state.labelOpacity);
  const outline = useViewer((state) => state.outline);
  const outlineWidth = useViewer((state) => state.outlineWidth);
  const visible = useViewer((state) => state.labelsVisible);
  const pattern = useViewer((state) => state.outlinePattern);
  const hint = useHint();
  const smooth = useViewer((state) => state.smooth);
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
      <Switch size="xs" mb={6} label={hint('Labels', 'labels')} checked={visible} onChange={() => handle.perform({ type: 'toggleLabels' })} />
      <Switch size="xs" mb={6} label={hint('Outline', 'outline')} checked={outline} onChange={() => handle.perform({ type: 'toggleOutline' })} />
      {outline && (
        <>
          <div className={styles['fact']}>
            <span>Outline width</span>
            <span>{outlineWidth} px</span>
          </div>
          <Slider
            size="sm"
            mb="sm"
            label={null}
            min={1}
            max={4}
            value={outlineWidth}
            thumbLabel="Outline width"
            onChange={(value) => store.setState({ outlineWidth: value })}
          />
          <Switch size="xs" mb={6} label="A pattern for each label" checked={pattern} onChange={() => store.setState({ outlinePattern: !pattern })} />
        </>
      )}
      <Switch size="xs" mb={6} label="Smooth image" checked={smooth} onChange={() => store.setState({ smooth: !smooth })} />
    </section>
  );
}
