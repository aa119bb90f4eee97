import { Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { Section } from './Section';
import { SliderField } from './SliderField';
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
    <Section name="display" title="Display">
      <SliderField
        title="Fill"
        shown={`${Math.round(opacity * 100)}%`}
        name="Label fill opacity"
        min={0}
        max={100}
        value={Math.round(opacity * 100)}
        onChange={(value) => store.setState({ labelOpacity: value / 100 })}
      />
      <Switch size="xs" mb={6} label={hint('Labels', 'labels')} checked={visible} onChange={() => handle.perform({ type: 'toggleLabels' })} />
      <Switch size="xs" mb={6} label={hint('Outline', 'outline')} checked={outline} onChange={() => handle.perform({ type: 'toggleOutline' })} />
      {outline && (
        <>
          <SliderField
            title="Outline width"
            shown={`${outlineWidth} px`}
            name="Outline width"
            min={1}
            max={4}
            value={outlineWidth}
            onChange={(value) => store.setState({ outlineWidth: value })}
          />
          <Switch size="xs" mb={6} label="A pattern for each label" checked={pattern} onChange={() => store.setState({ outlinePattern: !pattern })} />
        </>
      )}
      <Switch size="xs" mb={6} label="Smooth image" checked={smooth} onChange={() => store.setState({ smooth: !smooth })} />
    </Section>
  );
}
