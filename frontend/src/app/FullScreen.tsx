import { Outlet } from 'react-router';
import { JobTray } from './JobTray';

/** The viewer has the whole window; jobs show as a small pill only while there are any. */
export function FullScreen() {
  return (
    <>
      <Outlet />
      <JobTray pill />
    </>
  );
}
