import { Popover } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { PALETTE, colourOf, withoutLabel } from '../state/labelColours';
import type { LabelDefinition } from '../state/task';
import own from './LabelPanel.module.css';
import styles from './panels.module.css';
import { useHandle, useViewer } from './viewerHandle';

/** The label's colour on this person's screen: from a palette that colour-blind people can tell apart, or any other. */
export function LabelColour({ label }: { readonly label: LabelDefinition }): ReactElement {
  const { store } = useHandle();
  const colours = useViewer((state) => state.labelColours);
  const [opened, setOpened] = useState(false);
  const current = colourOf(label, colours);
  const choose = (colour: string): void => store.setState({ labelColours: { ...colours, [label.value]: colour } });
  const reset = (): void => store.setState({ labelColours: withoutLabel(colours, label.value) });
  return (
    <Popover opened={opened} onChange={setOpened} position="left" withArrow trapFocus>
      <Popover.Target>
        <button type="button" className={own['colourButton']} aria-label={`Colour of ${label.name}`} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          <span style={{ background: current }} /> Colour
        </button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <div className={own['palette']} role="group" aria-label={`Palette for ${label.name}`}>
          {PALETTE.map(({ name, colour }) => (
            <button
              key={colour}
              type="button"
              aria-label={name}
              aria-pressed={colour.toLowerCase() === current.toLowerCase()}
              title={name}
              style={{ background: colour }}
              onClick={() => choose(colour)}
            />
          ))}
        </div>
        <label className={own['colour']}>
          <span>Any other</span>
          <input type="color" value={current.toLowerCase()} aria-label={`Any colour for ${label.name}`} onChange={(event) => choose(event.currentTarget.value)} />
          {colours[label.value] !== undefined && (
            <button type="button" className={styles['link']} aria-label={`Study colour for ${label.name}`} onClick={reset}>
              Reset
            </button>
          )}
        </label>
      </Popover.Dropdown>
    </Popover>
  );
}
