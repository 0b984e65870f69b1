import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { EXPORT_FORMATS, type ExportPreview, type ExportScope } from '../../../core/api-export.ts';
import { canRedact, comparesIn, problemOfPair, type Comparing } from '../../model/export.ts';
import { shownOf } from '../../model/loadable.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { startDownload } from '../../ui/start-download.ts';
import { useApp } from '../use-app.ts';
import './export.css';
import { FORMAT_WORDS, wordsOfScope } from './export-words.ts';

/** Asks what to hand over and as what, and says which secrets the file will hold before it is written. */
export function ExportDialog(): ReactNode {
  const { exporting, session } = useApp();
  const { wish, comparing, scopes, preview, saving, failed } = useStore(exporting);
  const shown = shownOf(preview);
  const unpaired = comparesIn(wish) ? problemOfPair(comparing) : '';
  const told = preview.kind === 'failed' ? preview.message : (shown?.problem ?? '');
  const problem = unpaired === '' ? told : unpaired;
  const close = (): void => session.getState().setOverlay(null);
  const choose = exporting.getState().choose;
  const save = async (): Promise<void> => {
    const url = await exporting.getState().save();
    if (url !== null && url !== '') startDownload(url);
  };
  return (
    <Dialog title="Export" className="dialog-export" onClose={close}>
      <form
        className="export-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <fieldset className="export-formats">
          <legend>As</legend>
          {EXPORT_FORMATS.map((format) => (
            <label key={format} className="export-choice">
              <input
                type="radio"
                name="export-format"
                value={format}
                checked={wish.format === format}
                data-autofocus={wish.format === format ? '' : undefined}
                onChange={() => choose({ format })}
              />
              <span>
                <span className="export-title">{FORMAT_WORDS[format][0]}</span>
                <span className="export-words">{FORMAT_WORDS[format][1]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="export-side">
          <fieldset>
            <legend>Of</legend>
            {Object.values(scopes).map((scope) => (
              <ScopeChoice
                key={scope.kind}
                scope={scope}
                checked={wish.scope.kind === scope.kind}
                onChoose={() => choose({ scope })}
              />
            ))}
          </fieldset>
          {comparesIn(wish) ? (
            <Compare comparing={comparing} onChange={exporting.getState().compare} />
          ) : null}
          <fieldset>
            <legend>Names and numbers</legend>
            <label className="export-choice">
              <input
                type="checkbox"
                name="export-redact"
                checked={wish.redact}
                disabled={!canRedact(wish)}
                onChange={(event) => choose({ redact: event.target.checked })}
              />
              <span>
                <span className="export-title">Redact</span>
                <span className="export-words">
                  {canRedact(wish)
                    ? 'Numbers, names, addresses, credentials and keys are replaced, the same by the same.'
                    : 'Not possible here: session secrets open what was said, whatever is replaced.'}
                </span>
              </span>
            </label>
          </fieldset>
          <Preview
            shown={shown}
            problem={failed === '' ? problem : failed}
            busy={preview.kind === 'loading'}
          />
        </div>
        <div className="dialog-actions">
          <Button label="Cancel" onPress={close} />
          <Button
            label={saving ? 'Exporting…' : 'Export'}
            kind="primary"
            icon="upload"
            disabled={saving || shown === null || problem !== ''}
            onPress={() => void save()}
          />
        </div>
      </form>
    </Dialog>
  );
}

function ScopeChoice({
  scope,
  checked,
  onChoose,
}: {
  scope: ExportScope;
  checked: boolean;
  onChoose: () => void;
}): ReactNode {
  return (
    <label className="export-choice">
      <input type="radio" name="export-scope" value={scope.kind} checked={checked} onChange={onChoose} />
      <span>
        <span className="export-title">{wordsOfScope(scope)}</span>
        {scope.kind === 'call' ? <span className="export-words mono">{scope.call}</span> : null}
      </span>
    </label>
  );
}

/** Two conversations that the report holds against each other. */
function Compare({
  comparing,
  onChange,
}: {
  comparing: Comparing;
  onChange: (part: Partial<Comparing>) => void;
}): ReactNode {
  const [one, other] = comparing.pair;
  return (
    <fieldset>
      <legend>Comparison</legend>
      <label className="export-choice">
        <input
          type="checkbox"
          name="export-compare"
          checked={comparing.wanted}
          onChange={(event) => onChange({ wanted: event.target.checked })}
        />
        <span>
          <span className="export-title">Two conversations side by side</span>
          <span className="export-words">What differs between one that works and one that fails.</span>
        </span>
      </label>
      {comparing.wanted ? (
        <span className="export-pair">
          <input
            className="field mono"
            inputMode="decimal"
            autoComplete="off"
            aria-label="One conversation"
            value={one}
            onChange={(event) => onChange({ pair: [event.target.value, other] })}
          />
          <span>beside</span>
          <input
            className="field mono"
            inputMode="decimal"
            autoComplete="off"
            aria-label="The other conversation"
            value={other}
            onChange={(event) => onChange({ pair: [one, event.target.value] })}
          />
        </span>
      ) : null}
    </fieldset>
  );
}

/** What the file will hold, or why it cannot be made. */
function Preview({
  shown,
  problem,
  busy,
}: {
  shown: ExportPreview | null;
  problem: string;
  busy: boolean;
}): ReactNode {
  return (
    <section className="export-preview" aria-label="What it will hold" aria-live="polite" aria-busy={busy}>
      <h3>What it will hold</h3>
      {problem !== '' ? (
        <p className="export-problem" role="alert">
          <Icon name="error" size={14} /> {problem}
        </p>
      ) : shown === null ? (
        <p>Looking…</p>
      ) : (
        <>
          {shown.confidential ? (
            <p className="export-warning">
              <Icon name="warning" size={14} /> Confidential: give it only to whom it is meant for.
            </p>
          ) : null}
          <ul>
            {shown.sentences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          <p className="export-name mono clip" title={shown.fileName}>
            {shown.fileName}
          </p>
        </>
      )}
    </section>
  );
}
