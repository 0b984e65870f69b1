import type { ReactNode } from 'react';
import { Shell } from './features/shell/Shell.tsx';
import { AppContext } from './features/use-app.ts';
import type { AppModel } from './model/app-model.ts';
import './theme/tokens.css';
import './theme/base.css';
import './ui/ui.css';
import './ui/row-grid.css';
import './theme/verdicts.css';

/** The whole page over one model. */
export function App({ model }: { model: AppModel }): ReactNode {
  return (
    <AppContext value={model}>
      <Shell />
    </AppContext>
  );
}
