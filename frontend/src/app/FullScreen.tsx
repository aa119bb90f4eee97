import { Outlet } from 'react-router';
import classes from './FullScreen.module.css';
import { JobTray } from './JobTray';

/** The viewer has the whole window, less a line of jobs while there are any. */
export function FullScreen() {
  return (
    <div className={classes.window}>
      <Outlet />
      <JobTray quiet />
    </div>
  );
}
