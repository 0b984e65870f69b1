import { useEffect } from 'react';
import { isDark } from '../../model/layout.ts';
import { useMedia } from '../../ui/use-media.ts';
import { useLayout } from '../use-app.ts';

/** Writes the theme in force on the document, where the tokens look for it. */
export function useTheme(): void {
  const theme = useLayout((state) => state.theme);
  const prefersDark = useMedia('(prefers-color-scheme: dark)');
  const name = isDark(theme, prefersDark) ? 'dark' : 'light';
  useEffect(() => {
    document.documentElement.dataset['theme'] = name;
  }, [name]);
}
