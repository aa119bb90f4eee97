import { IconLayoutGrid, IconListCheck } from '@tabler/icons-react';
import { useEffect } from 'react';
import { NavLink, Outlet, useMatch } from 'react-router';
import { Wordmark } from '../theme/Wordmark';
import { JobTray } from './JobTray';
import { ReadinessBanner } from './ReadinessBanner';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu';
import { sendForPressedTask } from './taskAhead';
import { loadViewerAhead } from './viewerAhead';

export function AppShell() {
  useEffect(loadViewerAhead, []);
  useEffect(sendForPressedTask, []);
  const inStudy = useMatch('/studies/:slug/*') !== null;
  return (
    <div className={classes.shell}>
      <a href="#page" className={classes.skip}>
        Skip to the page
      </a>
      <header className={classes.top}>
        <NavLink to="/" className={classes.home} aria-label="Radicula: studies">
          <Wordmark />
        </NavLink>
        <nav className={classes.links} aria-label="Main">
          <NavLink to="/" end className={classes.link}>
            <IconLayoutGrid size={16} aria-hidden />
            Studies
          </NavLink>
          <NavLink to="/work" className={classes.link}>
            <IconListCheck size={16} aria-hidden />
            My work
          </NavLink>
        </nav>
        <UserMenu />
      </header>
      <ReadinessBanner />
      <div className={classes.body}>
        {inStudy ? (
          <Outlet />
        ) : (
          <main id="page" className={classes.page}>
            <Outlet />
          </main>
        )}
      </div>
      <JobTray />
    </div>
  );
}
