import type { ReactNode } from 'react';
import { messageOf } from '../../model/page-api.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { useApp } from '../use-app.ts';

/** Takes a ladder along: as text, or as an image. */
export function LadderActions({
  fileName,
  ladderAs,
}: {
  fileName: string;
  ladderAs: (as: 'text' | 'svg') => Promise<string>;
}): ReactNode {
  const { session } = useApp();
  const saveSvg = async (): Promise<void> => {
    try {
      saveFile(fileName, 'image/svg+xml', await ladderAs('svg'));
    } catch (error) {
      session.getState().say('error', messageOf(error));
    }
  };
  return (
    <>
      <CopyButton text={() => ladderAs('text')} label="Copy the ladder as text" />
      <Button
        label="Save the ladder as SVG"
        icon="download"
        iconOnly
        kind="ghost"
        onPress={() => void saveSvg()}
      />
    </>
  );
}
