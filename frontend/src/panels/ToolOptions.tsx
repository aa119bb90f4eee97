import type { ReactElement } from 'react';
import type { ToolName } from '../state/viewerStore';
import { BrushOptions } from './BrushOptions';
import { isInteractiveTool } from '../state/interactive';
import { GrowOptions, IslandOptions } from './GrowOptions';
import { InteractiveOptions } from './InteractiveOptions';
import { EraseOnly, IntensityMask, PaintOverChoice } from './PaintRuleOptions';
import styles from './panels.module.css';
import { LassoOptions, ScissorsOptions } from './RegionOptions';
import { Section } from './Section';
import { ThresholdRange } from './ThresholdRange';
import { useViewer } from './viewerHandle';

const TITLES: Record<ToolName, string> = {
  crosshair: 'Crosshair',
  window: 'Window',
  brush: 'Brush',
  eraser: 'Eraser',
  pencil: 'Pencil',
  threshold: 'Threshold brush',
  fill: 'Fill',
  lasso: 'Lasso',
  scissors: 'Scissors',
  grow: 'Grow',
  island: 'Component',
  scribble: 'Scribble to region',
  click: 'Click to region',
  length: 'Length',
  angle: 'Angle',
  ellipse: 'Ellipse',
  rectangle: 'Rectangle',
  point: 'Point',
};

const HINTS: Partial<Record<ToolName, string>> = {
  crosshair: 'Click to link the planes.',
  window: 'Drag on the image.',
  fill: 'Click: fills what hangs together in this slice.',
  lasso: 'Drag round it, or click corners; Enter or a double click closes.',
  grow: 'Click where it shall grow from.',
  scissors: 'Drag; the voxels outlined are cut when you let go.',
  length: 'Drag from end to end; drag a handle to change it.',
  angle: 'Drag an arm to its vertex, then drag the other arm.',
  ellipse: 'Drag from corner to corner of its box.',
  rectangle: 'Drag from corner to corner.',
  point: 'Click; then name it in the list of marks.',
  island: 'Click on a component: all that hangs together changes.',
};

const SIZED: readonly ToolName[] = ['brush', 'eraser', 'threshold'];
const MASKED: readonly ToolName[] = ['brush', 'eraser', 'pencil', 'fill', 'lasso', 'scissors', 'grow'];
const PAINTS: readonly ToolName[] = ['brush', 'pencil', 'threshold', 'fill'];

/** The settings of the chosen tool. */
export function ToolOptions(): ReactElement {
  const tool = useViewer((state) => state.tool);
  const hint = HINTS[tool];
  return (
    <Section name="tool" title={TITLES[tool]} titleOf="options" label="Tool options">
      {SIZED.includes(tool) && <BrushOptions />}
      {tool === 'threshold' && <ThresholdRange />}
      {PAINTS.includes(tool) && <PaintOverChoice />}
      {tool === 'eraser' && <EraseOnly />}
      {tool === 'lasso' && <LassoOptions />}
      {tool === 'scissors' && <ScissorsOptions />}
      {tool === 'grow' && <GrowOptions />}
      {tool === 'island' && <IslandOptions />}
      {isInteractiveTool(tool) && <InteractiveOptions />}
      {MASKED.includes(tool) && <IntensityMask />}
      {hint && <span className={styles['dim']}>{hint}</span>}
    </Section>
  );
}
