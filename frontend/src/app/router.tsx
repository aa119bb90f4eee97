import { type ComponentType } from 'react';
import { createBrowserRouter } from 'react-router';
import { AppShell } from './AppShell';
import { ErrorPage } from './ErrorPage';
import { FullScreen } from './FullScreen';
import { NotFoundPage } from './NotFoundPage';
import { PageShape } from './PageShape';
import { RequireUser } from './RequireUser';
import { StudyShell } from './StudyShell';
import { sendForTask } from './taskAhead';
import { viewerPage } from './viewerAhead';

/** A page as a chunk of its own: sign-in and work queue load neither viewer nor echarts. */
const page = (load: () => Promise<{ default: ComponentType }>) => async () => ({ Component: (await load()).default });

/** Runs while the viewer's code loads; the page is not kept waiting for it. */
const sendFor = ({ params }: { params: { taskId?: string } }): null => {
  if (params.taskId !== undefined) sendForTask(params.taskId);
  return null;
};

export const router = createBrowserRouter([
  {
    errorElement: <ErrorPage />,
    HydrateFallback: PageShape,
    children: [
      { path: '/sign-in', lazy: page(() => import('../pages/sign-in/SignInPage')) },
      {
        element: <RequireUser />,
        children: [
          {
            element: <FullScreen />,
            children: [
              { path: '/tasks/:taskId', loader: sendFor, lazy: page(viewerPage) },
              { path: '/studies/:slug/results/:analysisId/rows/:number', lazy: page(() => import('../viewer/RowPage')) },
              { path: '/studies/:slug/measures/:tableId/:place', lazy: page(() => import('../viewer/MeasureValuePage')) },
              { path: '/studies/:slug/tractography/rate', lazy: page(() => import('../scene/RatePage')) },
              { path: '/studies/:slug/models/cases/:scoredId', lazy: page(() => import('../viewer/ScoredCasePage')) },
            ],
          },
          {
            element: <AppShell />,
            errorElement: <ErrorPage />,
            children: [
              { path: '/', lazy: page(() => import('../pages/studies/StudiesPage')) },
              { path: '/work', lazy: page(() => import('../pages/work/WorkPage')) },
              {
                path: '/studies/:slug',
                element: <StudyShell />,
                children: [
                  {
                    errorElement: <ErrorPage />,
                    children: [
                      { index: true, lazy: page(() => import('../pages/overview/OverviewPage')) },
                      { path: 'cases', lazy: page(() => import('../pages/cases/CasesPage')) },
                      { path: 'cases/:caseId', lazy: page(() => import('../pages/cases/CasePage')) },
                      { path: 'work', lazy: page(() => import('../pages/work/StudyWorkPage')) },
                      { path: 'models', lazy: page(() => import('../pages/models/ModelsPage')) },
                      { path: 'models/compare', lazy: page(() => import('../pages/models/ComparePage')) },
                      { path: 'models/versions/:versionId', lazy: page(() => import('../pages/models/VersionPage')) },
                      { path: 'models/proposals/:jobId', lazy: page(() => import('../pages/models/ProposalsPage')) },
                      { path: 'models/runs/:runId', lazy: page(() => import('../pages/models/RunPage')) },
                      { path: 'rounds', lazy: page(() => import('../pages/rounds/RoundsPage')) },
                      { path: 'measures', lazy: page(() => import('../pages/measures/MeasuresPage')) },
                      { path: 'tractography', lazy: page(() => import('../pages/tractography/TractographyPage')) },
                      { path: 'results', lazy: page(() => import('../pages/results/ResultsPage')) },
                      { path: 'results/measures/:measure', lazy: page(() => import('../pages/results/MeasurePage')) },
                      { path: 'results/:analysisId', lazy: page(() => import('../pages/results/AnalysisPage')) },
                      { path: 'jobs', lazy: page(() => import('../pages/jobs/JobsPage')) },
                      { path: 'jobs/:jobId', lazy: page(() => import('../pages/jobs/JobPage')) },
                      { path: 'settings', lazy: page(() => import('../pages/settings/SettingsPage')) },
                      { path: '*', element: <NotFoundPage /> },
                    ],
                  },
                ],
              },
              { path: '*', element: <NotFoundPage /> },
            ],
          },
        ],
      },
    ],
  },
]);
