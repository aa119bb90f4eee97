/** The viewer's page; a part of its own, as large as everything else together. */
export const viewerPage = () => import('../viewer/ViewerPage');

const LEADS_TO_IT = 'a[href^="/tasks/"], [data-opens-task]';

/** Loads the viewer when the pointer or the focus comes to what opens a task: before the click. Returns the disposer. */
export function loadViewerAhead(): () => void {
  const abort = new AbortController();
  const onNear = ({ target }: Event): void => {
    if (!(target instanceof Element) || target.closest(LEADS_TO_IT) === null) return;
    abort.abort();
    // What is missing is said when the page is opened.
    viewerPage().catch(() => {});
  };
  for (const type of ['pointerover', 'focusin']) document.addEventListener(type, onNear, { passive: true, signal: abort.signal });
  return () => abort.abort();
}
