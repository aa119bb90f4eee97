import { NativeSelect, SegmentedControl, Slider, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { COLOUR_MAPS, colourGradient, isColourMapName } from '../state/colourMaps';
import { sameWindow } from '../state/display';
import type { TaskVolume, VolumeId } from '../state/task';
import own from './ImageOptions.module.css';
import { Section } from './Section';
import { SliderField } from './SliderField';
import { useHandle, useHint, useViewer, useWorkspace } from './viewerHandle';

/** How the images are shown: window, colours, fusion, sides. */
export function ImageOptions(): ReactElement | null {
  const { image } = useHandle();
  useViewer((state) => state.activeCell);
  useViewer((state) => state.displays);
  useWorkspace((state) => state.cells);
  useWorkspace((state) => state.arrivals);
  const volume = image.active();
  if (!volume) return null;
  return (
    <Section name="image" title={`Image: ${volume.role}`} label="Image">
      {volume.components === 1 && <ColourOptions volume={volume} />}
      <FrameOption volume={volume} />
      <OverlayOptions volume={volume} />
      <Sides />
    </Section>
  );
}

function ColourOptions({ volume }: { readonly volume: TaskVolume }): ReactElement {
  const { image } = useHandle();
  const hint = useHint();
  const display = image.displayOf(volume);
  const presets = image.presetsOf(volume);
  const chosen = presets.find(({ window }) => sameWindow(window, display.window));
  return (
    <>
      <NativeSelect
        size="xs"
        mb={6}
        aria-label="Window"
        value={chosen?.name ?? ''}
        data={[...(chosen ? [] : [{ value: '', label: 'Own window' }]), ...presets.map(({ name }) => name)]}
        onChange={(event) => {
          const preset = presets.find(({ name }) => name === event.currentTarget.value);
          if (preset) image.setDisplay(volume, { window: preset.window });
        }}
      />
      <NativeSelect
        size="xs"
        mb={6}
        aria-label="Colours"
        value={display.colours}
        data={COLOUR_MAPS.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(event) => {
          const colours = event.currentTarget.value;
          if (isColourMapName(colours)) image.setDisplay(volume, { colours });
        }}
      />
      <div className={own['gradient']} style={{ background: colourGradient(display.colours, display.invert) }} aria-hidden />
      <Switch
        size="xs"
        mb={6}
        label={hint('Invert', 'invert')}
        checked={display.invert}
        onChange={() => image.setDisplay(volume, { invert: !display.invert })}
      />
    </>
  );
}

/** Frames of a 4-D volume. */
function FrameOption({ volume }: { readonly volume: TaskVolume }): ReactElement | null {
  const { image } = useHandle();
  const frame = useViewer((state) => state.frames[volume.id] ?? 0);
  if (volume.frames < 2) return null;
  return (
    <SliderField
      title="Frame (, and .)"
      shown={`${frame + 1} of ${volume.frames}`}
      name="Frame"
      min={0}
      max={volume.frames - 1}
      value={frame}
      onChange={(value) => image.showFrame(volume, value)}
    />
  );
}

function OverlayOptions({ volume }: { readonly volume: TaskVolume }): ReactElement | null {
  const { image, store } = useHandle();
  const hint = useHint();
  const volumes = useWorkspace((state) => state.task?.volumes ?? NONE);
  const overlaid = useViewer((state) => state.overlaid);
  const overlay = useViewer((state) => state.overlay);
  const linked = useViewer((state) => state.linked);
  if (volumes.length < 2) return null;
  const over = volumes.find(({ id }) => id === overlaid);
  const nameOf = ({ role, name }: TaskVolume): string => (volumes.filter((other) => other.role === role).length > 1 ? name : role);
  return (
    <>
      <Switch size="xs" mb={6} label={hint('Link viewports', 'link')} checked={linked} onChange={() => image.setLinked(!linked)} />
      <NativeSelect
        size="xs"
        mb={6}
        label={hint('Laid over', 'overlay')}
        value={overlaid ?? ''}
        data={[{ value: '', label: 'Nothing' }, ...volumes.map((entry) => ({ value: entry.id, label: nameOf(entry), disabled: entry.id === volume.id }))]}
        onChange={(event) => image.overlay(event.currentTarget.value === '' ? null : (event.currentTarget.value as VolumeId))}
      />
      {over && (
        <>
          <Slider
            size="sm"
            mb="sm"
            label={null}
            value={Math.round(overlay.opacity * 100)}
            thumbLabel="Opacity of what is laid over"
            onChange={(value) => store.setState({ overlay: { ...overlay, opacity: value / 100 } })}
          />
          {over.components === 1 && (
            <NativeSelect
              size="xs"
              mb={6}
              aria-label="Colours of what is laid over"
              value={image.displayOf(over).colours}
              data={COLOUR_MAPS.map(({ name, title }) => ({ value: name, label: title }))}
              onChange={(event) => {
                const colours = event.currentTarget.value;
                if (isColourMapName(colours)) image.setDisplay(over, { colours });
              }}
            />
          )}
          <Switch
            size="xs"
            mb={6}
            label="Clear below its window"
            checked={overlay.clearBelow}
            onChange={() => store.setState({ overlay: { ...overlay, clearBelow: !overlay.clearBelow } })}
          />
        </>
      )}
    </>
  );
}

const NONE: readonly TaskVolume[] = [];

function Sides(): ReactElement {
  const { image } = useHandle();
  const convention = useViewer((state) => state.convention);
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      aria-label="Which side of the screen the patient's left is on"
      value={convention}
      data={[
        { value: 'radiological', label: 'Radiological' },
        { value: 'neurological', label: 'Neurological' },
      ]}
      onChange={(value) => image.setConvention(value === 'neurological' ? 'neurological' : 'radiological')}
    />
  );
}
