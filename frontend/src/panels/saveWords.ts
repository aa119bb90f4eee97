import type { AutosaveState } from '../state/autosave';

export interface SaveWords {
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly short: string;
  /** What happened, what is safe, what to do. */
  readonly long: string;
}

/** What the indicator says. It says "Saved" only of the very array on screen. */
export function saveWords(save: AutosaveState): SaveWords {
  switch (save.phase) {
    case 'clean':
      return { tone: 'plain', short: 'No changes', long: 'Nothing has been changed since the task was opened.' };
    case 'dirty':
      return { tone: 'plain', short: 'Unsaved', long: 'Your strokes are saved a moment after the last one.' };
    case 'saving':
      return { tone: 'plain', short: 'Saving…', long: 'On the way to the server.' };
    case 'saved':
      return { tone: 'good', short: 'Saved', long: 'The server has what you see.' };
    case 'offline':
      return {
        tone: 'warn',
        short: 'Server away',
        long: `${save.message ?? 'The server is away.'} Your strokes are kept on this computer and will be saved when it is back.`,
      };
    case 'conflict':
      return { tone: 'bad', short: 'Two versions', long: 'Someone else saved this label map meanwhile. Choose which one goes on.' };
    case 'error':
      return {
        tone: 'bad',
        short: 'Not saved',
        long: `${save.message ?? 'The server refused the save.'} Your strokes are kept on this computer.`,
      };
  }
}
