import type { ReactNode } from 'react';
import { isOpen } from '../../model/session.ts';
import { THEMES, type Theme } from '../../model/layout.ts';
import { Button } from '../../ui/Button.tsx';
import type { IconName } from '../../ui/Icon.tsx';
import { runCommand } from '../commands.ts';
import { useApp, useFrames, useLayout, useSession } from '../use-app.ts';
import { Logo } from './Logo.tsx';

const THEME_SIGNS: Readonly<Record<Theme, { readonly icon: IconName; readonly word: string }>> = {
  system: { icon: 'screen', word: 'as the system' },
  light: { icon: 'sun', word: 'light' },
  dark: { icon: 'moon', word: 'dark' },
};

/** What one does most: open, add a key, jump. */
export function Toolbar(): ReactNode {
  const model = useApp();
  const status = useSession((state) => state.status);
  const view = useSession((state) => state.view);
  const time = useFrames((state) => state.time);
  const canBack = useFrames((state) => state.visit > 0);
  const canForward = useFrames((state) => state.visit < state.visited.length - 1);
  const theme = useLayout((state) => state.theme);
  const open = isOpen(status);
  const names = status.files.join(', ');
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';

  return (
    <header className="toolbar">
      <Logo size={24} />
      {open || view === 'keys' ? <h1 className="unseen">Sipher {names}</h1> : null}
      <Button
        label="Open"
        icon="folder"
        shortcut="Ctrl+O"
        title="Open a capture"
        onPress={() => runCommand('open-capture', model)}
      />
      <Button
        label="Add key"
        icon="key"
        shortcut="Ctrl+K"
        title="Add keys"
        onPress={() => runCommand('add-keys', model)}
      />
      {open ? (
        <>
          <Button
            label="Export…"
            icon="upload"
            shortcut="Ctrl+E"
            title="Export the capture, or a part of it, for others"
            onPress={() => runCommand('export', model)}
          />
          <span className="toolbar-gap" />
          <Button
            label="Back"
            icon="back"
            iconOnly
            kind="ghost"
            disabled={!canBack}
            title="Back to the frame before the jump"
            shortcut="Alt+Left"
            onPress={() => runCommand('back', model)}
          />
          <Button
            label="Forward"
            icon="forward"
            iconOnly
            kind="ghost"
            disabled={!canForward}
            shortcut="Alt+Right"
            onPress={() => runCommand('forward', model)}
          />
          <Button
            label="Go to frame"
            icon="goto"
            kind="ghost"
            shortcut="Ctrl+G"
            onPress={() => runCommand('go-to-frame', model)}
          />
          <Button
            label="Filter"
            icon="filter"
            kind="ghost"
            shortcut="Ctrl+F"
            disabled={view === 'keys'}
            onPress={() => runCommand('find', model)}
          />
          {view === 'frames' ? (
            <Button
              label={TIME_WORDS[time]}
              icon="clock"
              kind="ghost"
              title="Time since the first frame, time of day here, or in UTC"
              onPress={() => model.frames.getState().toggleTime()}
            />
          ) : null}
          <span className="toolbar-files clip" title={names}>
            {names}
          </span>
          <Button
            label="Close the capture"
            icon="close"
            iconOnly
            kind="ghost"
            onPress={() => runCommand('close-capture', model)}
          />
        </>
      ) : (
        <span className="toolbar-files" />
      )}
      <span className="toolbar-gap" />
      <Button
        label={`Colours: ${THEME_SIGNS[theme].word}`}
        icon={THEME_SIGNS[theme].icon}
        iconOnly
        kind="ghost"
        title={`Colours: ${THEME_SIGNS[theme].word}. Press for ${THEME_SIGNS[next].word}`}
        onPress={() => model.layout.getState().setTheme(next)}
      />
      <Button
        label="All commands"
        icon="command"
        iconOnly
        kind="ghost"
        shortcut="Ctrl+Shift+P"
        onPress={() => runCommand('show-palette', model)}
      />
      <Button
        label="Keyboard shortcuts"
        icon="help"
        iconOnly
        kind="ghost"
        shortcut="?"
        onPress={() => runCommand('show-shortcuts', model)}
      />
    </header>
  );
}

const TIME_WORDS = { relative: 'Relative time', absolute: 'Time of day', utc: 'Time in UTC' } as const;
