import '@mantine/core/styles.css';
import './theme/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root to draw the page in');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
