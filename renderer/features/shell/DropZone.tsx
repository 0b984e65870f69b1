import { useEffect, useState, type ReactNode } from 'react';
import { sortFiles } from '../../model/dropped-files.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useApp } from '../use-app.ts';

/** Takes captures and keys dropped anywhere in the window, and says so while they hover. */
export function DropZone(): ReactNode {
  const { session, keys } = useApp();
  const [hovering, setHovering] = useState(false);

  useEffect(() => {
    let depth = 0;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const enter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setHovering(true);
    };
    const leave = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setHovering(false);
    };
    const over = (event: DragEvent): void => {
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    };
    const drop = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setHovering(false);
      void take([...(event.dataTransfer?.files ?? [])]);
    };
    const take = async (files: readonly File[]): Promise<void> => {
      const sorted = await sortFiles(files);
      // Keys first, so that the capture opens with them.
      if (sorted.keys.length > 0) {
        if (sorted.captures.length === 0) session.getState().show('keys');
        await keys.getState().addFiles(sorted.keys);
        const [problem] = keys.getState().problems;
        if (sorted.captures.length > 0 && problem !== undefined) session.getState().say('warning', problem);
      }
      if (sorted.captures.length > 0) await session.getState().openFiles(sorted.captures);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [session, keys]);

  if (!hovering) return null;
  return (
    <div className="drop-overlay" role="region" aria-label="Drop files">
      <div>
        <Icon name="upload" size={36} />
        <p>Drop captures to open them, keys and key logs to load them</p>
      </div>
    </div>
  );
}
