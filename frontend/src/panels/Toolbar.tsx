import { Button, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp, IconArrowForwardUp, IconArrowLeft, IconBrush, IconContrast, IconCrosshair,
  IconBucketDroplet, IconEraser, IconHandClick, IconScribble, IconKeyboard, IconLassoPolygon, IconScissors, IconRotate3d, IconLayoutSidebar, IconLayoutSidebarRight, IconPencil, IconPlant2, IconStack3, IconRestore, IconSpray,
  IconWand, IconZoomReset,
} from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { isInteractiveTool, methodOf } from '../state/interactive';
import type { ToolName } from '../state/viewerStore';
import { LayoutMenu } from './LayoutMenu';
import own from './Toolbar.module.css';
import { ReviewButtons } from './ReviewButtons';
import { SaveIndicator } from './SaveIndicator';
import { useHandle, useHint, useInteractive, useLabels, useMarks, useSession, useViewer, useWorkspace } from './viewerHandle';

interface ToolButtonProps {
  readonly icon: typeof IconBrush;
  readonly word: string;
  readonly hint: string;
  readonly pressed?: boolean;
  /** Nothing to do now. It keeps its focus: whoever took the last step back by keys goes on by Tab from here. */
  readonly idle?: boolean;
  /** A word only where the window is wide; always in the tooltip and for screen readers. */
  readonly wordless?: boolean;
  readonly onClick: () => void;
}

function ToolButton({ icon: Icon, word, hint, pressed, idle, wordless, onClick }: ToolButtonProps): ReactElement {
  return (
    <Tooltip label={hint} position="bottom">
      <button
        type="button"
        className={own['tool']}
        aria-label={word}
        aria-pressed={pressed}
        aria-disabled={idle}
        onClick={idle ? undefined : onClick}
      >
        <Icon size={17} aria-hidden />
        {wordless ? <span className={own['optionalWord']}>{word}</span> : <span className={own['firstWord']}>{word}</span>}
      </button>
    </Tooltip>
  );
}

const TOOLS: readonly { tool: ToolName; icon: typeof IconBrush; word: string; paints: boolean }[] = [
  { tool: 'crosshair', icon: IconCrosshair, word: 'Crosshair', paints: false },
  { tool: 'window', icon: IconContrast, word: 'Window', paints: false },
  { tool: 'brush', icon: IconBrush, word: 'Brush', paints: true },
  { tool: 'eraser', icon: IconEraser, word: 'Eraser', paints: true },
  { tool: 'pencil', icon: IconPencil, word: 'Pencil', paints: true },
  { tool: 'threshold', icon: IconSpray, word: 'Threshold brush', paints: true },
  { tool: 'fill', icon: IconBucketDroplet, word: 'Fill', paints: true },
  { tool: 'lasso', icon: IconLassoPolygon, word: 'Lasso', paints: true },
  { tool: 'scissors', icon: IconScissors, word: 'Scissors', paints: true },
  { tool: 'grow', icon: IconPlant2, word: 'Grow', paints: true },
  { tool: 'island', icon: IconStack3, word: 'Component', paints: true },
  { tool: 'scribble', icon: IconScribble, word: 'Scribble to region', paints: true },
  { tool: 'click', icon: IconHandClick, word: 'Click to region', paints: true },
];

/** Tools whose words there is room for on a small screen. */
const FIRST_TOOLS = 5;

export function Toolbar({ onLeave }: { readonly onLeave: () => void }): ReactElement {
  const handle = useHandle();
  const tool = useViewer((state) => state.tool);
  const leftOpen = useViewer((state) => state.leftOpen);
  const rightOpen = useViewer((state) => state.rightOpen);
  const task = useWorkspace((state) => state.task);
  const session = useSession();
  const methods = useInteractive((state) => state.methods);
  const mayPaint = handle.mayPaint;
  const hint = useHint();
  return (
    <header className={own['toolbar']} role="toolbar" aria-label="Viewer tools">
      <div className={own['toolbarTools']}>
        <ToolButton icon={IconArrowLeft} word="Leave" hint="Back to your work; everything is kept" wordless onClick={onLeave} />
        <ToolButton
          icon={IconLayoutSidebar}
          word="Case panel"
          hint={hint('Show or hide the case panel', 'panel.left')}
          wordless
          pressed={leftOpen}
          onClick={() => handle.store.setState({ leftOpen: !leftOpen })}
        />
        <span className={own['separator']} />
        {TOOLS.filter((entry) => (mayPaint || !entry.paints) && (!isInteractiveTool(entry.tool) || methodOf({ methods }, entry.tool))).map((entry, n) => (
          <ToolButton
            key={entry.tool}
            icon={entry.icon}
            word={entry.word}
            wordless={n >= FIRST_TOOLS}
            hint={hint(entry.word, `tool.${entry.tool}`)}
            pressed={tool === entry.tool}
            onClick={() => handle.perform({ type: 'tool', tool: entry.tool })}
          />
        ))}
        {mayPaint && session && <UndoButtons />}
        <span className={own['separator']} />
        <ToolButton icon={IconWand} word="Auto window" hint={hint('Window from the slice', 'window.auto')} wordless onClick={() => handle.perform({ type: 'autoWindow' })} />
        <ToolButton icon={IconRestore} word="Reset window" hint={hint("The volume's own window", 'window.reset')} wordless onClick={() => handle.perform({ type: 'resetWindow' })} />
        <ToolButton icon={IconZoomReset} word="Fit" hint={hint('Fit the planes to the window', 'fit')} wordless onClick={() => handle.perform({ type: 'fit' })} />
        <LayoutMenu />
        <ToolButton icon={IconRotate3d} word="Rotate planes" hint={hint('Another plane in the large field', 'rotate')} wordless onClick={() => handle.perform({ type: 'rotateLayout', direction: 1 })} />
        <ToolButton icon={IconKeyboard} word="Hotkeys" hint={hint('All hotkeys', 'hotkeys')} wordless onClick={() => handle.perform({ type: 'hotkeys' })} />
      </div>
      <div className={own['toolbarEnd']}>
        <SaveIndicator />
        {task?.may.submit && mayPaint && (
          <Tooltip label={hint('Hand the task in', 'submit')} position="bottom">
            <Button size="xs" onClick={() => handle.perform({ type: 'submit' })}>
              Submit
            </Button>
          </Tooltip>
        )}
        {task?.may.review && task.state === 'submitted' && <ReviewButtons />}
        {task && !mayPaint && !task.may.review && <ReadOnly />}
        <ToolButton
          icon={IconLayoutSidebarRight}
          word="Label panel"
          hint={hint('Show or hide the label panel', 'panel.right')}
          wordless
          pressed={rightOpen}
          onClick={() => handle.store.setState({ rightOpen: !rightOpen })}
        />
      </div>
    </header>
  );
}

/** Why there is nothing to paint with. */
function ReadOnly(): ReactElement {
  const shown = useWorkspace((state) => state.task?.volumes.find(({ id }) => id === state.shown));
  const mayEdit = useWorkspace((state) => state.task?.may.edit ?? false);
  const words = mayEdit && shown?.labelled === false ? `No labels on ${shown.role}` : 'Read-only';
  return <span className={own['readOnly']}>{words}</span>;
}

/** They take marks back as well as labels. */
function UndoButtons(): ReactElement {
  const { history, perform } = useHandle();
  const hint = useHint();
  useLabels();
  useMarks((state) => state.marks);
  // A mark for a proposed region is no step of the work, but is what undo takes back first.
  const hinting = useInteractive(({ strokes }) => strokes.length > 0);
  const { steps, done } = history();
  return (
    <>
      <span className={own['separator']} />
      <ToolButton icon={IconArrowBackUp} word="Undo" hint={hint('Undo', 'undo')} wordless idle={done === 0 && !hinting} onClick={() => perform({ type: 'undo' })} />
      <ToolButton icon={IconArrowForwardUp} word="Redo" hint={hint('Redo', 'redo')} wordless idle={done === steps.length} onClick={() => perform({ type: 'redo' })} />
    </>
  );
}
