import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectApi } from './api.ts';
import { App } from './app.tsx';
import { createAppModel } from './model/app-model.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element');

const model = createAppModel(connectApi(), {
  storage: storageOf(window),
  prefersDark: () => window.matchMedia('(prefers-color-scheme: dark)').matches,
});
/** null where the browser forbids it. */
function storageOf(page: Window): Storage | null {
  try {
    return page.localStorage;
  } catch {
    return null;
  }
}

createRoot(root).render(
  <StrictMode>
    <App model={model} />
  </StrictMode>,
);
