import type { ReactElement } from 'react';
import { colourOf } from '../state/labelColours';
import { numberInWords, valueInWords } from '../state/pointedValue';
import { useHandle, useViewer, useWorkspace } from './viewerHandle';

/** What is under the pointer: label, voxel, millimetres, intensity. */
export function StatusBar({ className, endClassName, swatchClassName }: {
  readonly className: string;
  readonly endClassName: string;
  readonly swatchClassName: string;
}): ReactElement {
  const handle = useHandle();
  const hover = useViewer((state) => state.hover);
  const convention = useViewer((state) => state.convention);
  const colours = useViewer((state) => state.labelColours);
  const labels = useWorkspace((state) => state.task?.labels);
  // The window below is one of these.
  useViewer((state) => state.displays);
  useWorkspace((state) => state.shown);
  const volume = (hover && handle.image.shownIn(hover.cell)) ?? handle.image.active();
  // A map of directions is shown as it is.
  const window = volume && volume.components === 1 ? handle.image.displayOf(volume).window : null;
  const said = hover && ((volume && handle.image.colourAt(volume, hover.voxel)) ?? hover.intensity);
  // Read at draw time: the stroke under the pointer may have changed it since the pointer moved.
  const value = hover ? hover.label : 0;
  const label = labels?.find((candidate) => candidate.value === value);
  return (
    <footer className={className} data-testid="status">
      {hover ? (
        <>
          <span>
            {label && <span className={swatchClassName} style={{ background: colourOf(label, colours) }} />}
            <strong>{value === 0 ? 'no label' : (label?.name ?? `label ${value}`)}</strong>
          </span>
          <span>
            voxel <strong>{hover.voxel.join(', ')}</strong>
          </span>
          <span>
            RAS <strong>{hover.rasMm.map((mm) => mm.toFixed(1)).join(', ')}</strong> mm
          </span>
          <span>
            {typeof said !== 'number' ? 'direction' : hover.unit === '' ? 'intensity' : 'value'} <strong>{said === null ? 'none' : valueInWords(said)}</strong> {hover.unit}
          </span>
          {hover.over && (
            <span data-testid="value-over">
              {hover.over.name} <strong>{valueInWords(hover.over.value)}</strong> {hover.over.unit}
            </span>
          )}
        </>
      ) : (
        <span>{handle.mayPaint ? 'Point at the image. Press ? for all hotkeys.' : 'Point at the image.'}</span>
      )}
      <span className={endClassName}>
        {window && (
          <>
            window <strong>{numberInWords(window.lower)}</strong> to <strong>{numberInWords(window.upper)}</strong>
          </>
        )}
      </span>
      <span>
        {convention === 'radiological'
          ? 'Radiological: patient left is on screen right'
          : 'Neurological: patient left is on screen left'}
      </span>
    </footer>
  );
}
