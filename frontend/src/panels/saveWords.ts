import { hasUnsavedWork, isDrafted, type AutosaveState } from '../state/autosave';

export interface SaveWords {
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly short: string;
  /** What happened, what is safe, what to do. */
  readonly long: string;
}

/** What the indicator says. It says "Saved" only of the very array on screen, and "kept" only of what is on the disk. */
export function saveWords(save: AutosaveState): SaveWords {
  const kept = whereWorkIs(save);
  switch (save.phase) {
    case 'clean':
      return { tone: 'plain', short: 'No changes', long: `Nothing has been changed since the task was opened.${kept}` };
    case 'dirty':
      return warned(save, { tone: 'plain', short: 'Unsaved', long: `Your strokes are saved a moment after the last one.${kept}` });
    case 'saving':
      return warned(save, { tone: 'plain', short: 'Saving…', long: `On the way to the server.${kept}` });
    case 'saved':
      return { tone: 'good', short: 'Saved', long: 'The server has what you see.' };
    case 'offline':
      return warned(save, {
        tone: 'warn',
        short: 'Not saved yet',
        long: `${save.message ?? 'The server is away.'}${kept} They will be saved when it is back.`,
      });
    case 'conflict':
      return {
        tone: 'bad',
        short: 'Two versions',
        long: 'This label map was saved elsewhere meanwhile. Both versions are kept; choose which one goes on.',
      };
    case 'error':
      return { tone: 'bad', short: 'Not saved', long: `${save.message ?? 'The server refused the save.'}${kept}` };
  }
}

function whereWorkIs(save: AutosaveState): string {
  if (save.draftTrouble !== null) {
    return ` This browser keeps no draft: ${save.draftTrouble}. Leave this page open until it says "Saved".`;
  }
  if (!hasUnsavedWork(save)) return '';
  return isDrafted(save) ? ' Your strokes are kept on this computer.' : ' Your last strokes are being written to this computer.';
}

const warned = (save: AutosaveState, words: SaveWords): SaveWords =>
  save.draftTrouble === null ? words : { ...words, tone: 'bad', short: `${words.short}, no draft` };
