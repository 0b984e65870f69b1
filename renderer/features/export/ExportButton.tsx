import type { ReactNode } from 'react';
import type { ExportScope } from '../../../core/api-export.ts';
import { Button } from '../../ui/Button.tsx';
import { useApp } from '../use-app.ts';

/** Opens the export dialog for one call or conversation. */
export function ExportButton({ scope }: { scope: ExportScope }): ReactNode {
  const { exporting } = useApp();
  return (
    <Button
      label="Export…"
      icon="upload"
      kind="ghost"
      title={`Export this ${scope.kind} for others`}
      onPress={() => exporting.getState().open(scope)}
    />
  );
}
