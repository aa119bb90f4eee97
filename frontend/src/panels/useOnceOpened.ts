import { useState } from 'react';

/** Has it been opened yet? A dialog that was not is not made: most never are, and the first slice waits for each of them. */
export function useOnceOpened(opened: boolean): boolean {
  const [before, setBefore] = useState(opened);
  if (opened && !before) setBefore(true);
  return before || opened;
}
