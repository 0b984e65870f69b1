import type { ReactNode } from 'react';
import { isOpen } from '../../model/session.ts';
import { THEMES, type Theme } from '../../model/layout.ts';
import { Button, type ButtonLook } from '../../ui/Button.tsx';
import type { IconName } from '../../ui/Icon.tsx';
import { PAGE_COMMANDS, runCommand, type PageCommand } from '../commands.ts';
import { useApp, useCalls, useFrames, useLayout, useSession } from '../use-app.ts';
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
  const tab = useCalls((state) => state.tab);
  const filterable = view !== 'keys' && (view !== 'calls' || tab !== 'statistics');
  const open = isOpen(status);
  const names = status.files.join(', ');
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';

  return (
    <header className="toolbar">
      <Logo size={24} />
      {open || view === 'keys' ? <h1 className="unseen">Sipher {names}</h1> : null}
      <CommandButton command="open-capture" label="Open" icon="folder" title="Open a capture" />
      <CommandButton command="add-keys" label="Add key" icon="key" title="Add keys" />
      {open ? (
        <>
          <CommandButton
            command="export"
            label="Export…"
            icon="upload"
            title="Export the capture, or a part of it, for others"
          />
          <span className="toolbar-gap" />
          <CommandButton
            command="back"
            label="Back"
            icon="back"
            kind="ghost"
            iconOnly
            disabled={!canBack}
            title="Back to the frame before the jump"
          />
          <CommandButton
            command="forward"
            label="Forward"
            icon="forward"
            kind="ghost"
            iconOnly
            disabled={!canForward}
          />
          <CommandButton command="go-to-frame" label="Go to frame" icon="goto" kind="ghost" />
          <CommandButton command="find" label="Filter" icon="filter" kind="ghost" disabled={!filterable} />
          {view === 'frames' ? (
            <Button
              label={TIME_WORDS[time]}
              icon="clock"
              kind="ghost"
              title="Time since the first frame, since the row above, time of day here, or in UTC"
              onPress={() => model.frames.getState().toggleTime()}
            />
          ) : null}
          <span className="toolbar-files clip" title={names}>
            {names}
          </span>
          <CommandButton
            command="close-capture"
            label="Close the capture"
            icon="close"
            kind="ghost"
            iconOnly
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
      <CommandButton command="show-palette" label="All commands" icon="command" kind="ghost" iconOnly />
      <CommandButton command="show-shortcuts" label="Keyboard shortcuts" icon="help" kind="ghost" iconOnly />
    </header>
  );
}

/** A button for a command, with the command's own keys in its tooltip. */
function CommandButton({
  command,
  ...rest
}: { command: PageCommand['id'] } & Omit<ButtonLook, 'shortcut'>): ReactNode {
  const model = useApp();
  const keys = PAGE_COMMANDS.find(({ id }) => id === command)?.keys ?? null;
  return (
    <Button
      {...rest}
      {...(keys === null ? {} : { shortcut: keys })}
      onPress={() => runCommand(command, model)}
    />
  );
}

const TIME_WORDS = {
  relative: 'Relative time',
  delta: 'Since the row above',
  absolute: 'Time of day',
  utc: 'Time in UTC',
} as const;
