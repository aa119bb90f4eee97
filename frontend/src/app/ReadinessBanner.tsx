import { IconPlugConnectedX } from '@tabler/icons-react';
import { useReadiness } from '../api/queries';
import type { Part } from '../api/types';
import classes from './Shell.module.css';

/** What can't be done while a part is away, in words of the work. */
const CONSEQUENCE: Record<string, string> = {
  'io worker': 'imports and analyses wait',
  'engine worker': 'training and proposals wait',
  'MONAI Label': 'interactive proposals wait; painting and saving work',
  broker: 'no new job starts; painting and saving work',
  database: 'nothing can be loaded or saved',
  storage: 'nothing can be imported or saved',
};

const sentence = (part: Part): string => `${part.name} (${CONSEQUENCE[part.name] ?? part.detail})`;

/** Says that the server, or a part of it, is away; nothing while all is well. */
export function ReadinessBanner() {
  const readiness = useReadiness();
  const away = readiness.data?.parts.filter((part) => part.state !== 'ok') ?? [];
  const text = readiness.error
    ? 'The server is away. What you see may be old; what was saved is safe. Trying again every 5 s.'
    : away.length > 0
      ? `Away: ${away.map(sentence).join('; ')}.`
      : null;
  if (text === null) return null;
  return (
    <div className={classes.banner} role="status">
      <IconPlugConnectedX size={18} aria-hidden />
      <span title={away.map((part) => `${part.name}: ${part.detail}`).join('\n')}>{text}</span>
    </div>
  );
}
