import { useEffect, useState, type ReactNode } from 'react';
import { Button } from './Button.tsx';
import { copyText } from './copy-text.ts';

/** Copies a text, and says for a moment that it did. */
export function CopyButton({
  text,
  label,
  iconOnly = true,
}: {
  text: string | (() => Promise<string>);
  label: string;
  iconOnly?: boolean;
}): ReactNode {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (outcome === 'idle') return undefined;
    const timer = setTimeout(() => setOutcome('idle'), 1600);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async (): Promise<void> => {
    try {
      setOutcome((await copyText(typeof text === 'string' ? text : await text())) ? 'copied' : 'failed');
    } catch {
      setOutcome('failed');
    }
  };
  const said = { idle: label, copied: 'Copied', failed: 'Could not copy' }[outcome];
  return (
    <>
      <Button
        label={said}
        icon={outcome === 'copied' ? 'check' : 'copy'}
        iconOnly={iconOnly}
        kind="ghost"
        onPress={() => void copy()}
      />
      <span className="unseen" role="status">
        {outcome === 'idle' ? '' : said}
      </span>
    </>
  );
}
