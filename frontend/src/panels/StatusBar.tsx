import type { ReactElement } from 'react';
import { colourOf } from '../state/labelColours';
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
  const window = useViewer((state) => state.window);
  const colours = useViewer((state) => state.labelColours);
  const labels = useWorkspace((state) => state.task?.labels);
  // A map of directions is shown as it is.
  const windowed = useWorkspace((state) => state.task?.volumes.find(({ id }) => id === state.shown)?.components !== 3);
  // Read at draw time: the stroke under the pointer may have changed it since the pointer moved.
  const value = hover ? hover.label : 0;
  const label = labels?.find((candidate) => candidate.value === value);
  const number = (x: number): string => (Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(4))));
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
            {hover.unit === '' ? 'intensity' : 'value'} <strong>{hover.intensity === null ? 'none' : number(hover.intensity)}</strong> {hover.unit}
          </span>
          {hover.over && (
            <span data-testid="value-over">
              {hover.over.name} <strong>{number(hover.over.value)}</strong> {hover.over.unit}
            </span>
          )}
        </>
      ) : (
        <span>{handle.mayPaint ? 'Point at the image. Press ? for all hotkeys.' : 'Point at the image.'}</span>
      )}
      <span className={endClassName}>
        {windowed && (
          <>
            window <strong>{number(window.lower)}</strong> to <strong>{number(window.upper)}</strong>
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
