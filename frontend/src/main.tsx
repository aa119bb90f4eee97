import '@mantine/core/styles.css';
import './theme/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { sessionGet } from './api/client';
import { keys } from './api/queries';
import { App } from './app/App';
import { queryClient } from './app/queryClient';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root to draw the page in');
// Every page waits for it: it is on its way before the first of them is drawn.
void queryClient.prefetchQuery({ queryKey: keys.session, queryFn: sessionGet });
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
