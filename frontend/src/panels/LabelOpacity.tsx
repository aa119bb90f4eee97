import type { ReactElement } from 'react';
import { withoutLabel } from '../state/labelColours';
import type { LabelDefinition } from '../state/task';
import styles from './panels.module.css';
import { SliderField } from './SliderField';
import { useHandle, useViewer } from './viewerHandle';

/** How see-through this label's fill is; as for all labels, until it is set here. */
export function LabelOpacity({ label }: { readonly label: LabelDefinition }): ReactElement {
  const { store } = useHandle();
  const opacities = useViewer((state) => state.labelOpacities);
  const ofAll = useViewer((state) => state.labelOpacity);
  const own = opacities[label.value];
  const percent = Math.round((own ?? ofAll) * 100);
  return (
    <SliderField
      title="Fill of this label"
      shown={
        <>
          {percent}%{own === undefined ? ', as all' : ' '}
          {own !== undefined && (
            <button
              type="button"
              className={styles['link']}
              aria-label={`Fill of ${label.name} as of all labels`}
              onClick={() => store.setState({ labelOpacities: withoutLabel(opacities, label.value) })}
            >
              Reset
            </button>
          )}
        </>
      }
      name={`Fill opacity of ${label.name}`}
      min={0}
      max={100}
      value={percent}
      onChange={(value) => store.setState({ labelOpacities: { ...opacities, [label.value]: value / 100 } })}
    />
  );
}
