import { useState, type ReactNode } from 'react';
import { FRAME_VERDICTS } from '../../../core/verdict.ts';
import { formatBytes, formatCount, formatPlural } from '../../model/format.ts';
import { isFiltering } from '../../model/frames.ts';
import { isBusy, isOpen, progressOf } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { useApp, useFrames, useSession } from '../use-app.ts';
import { VERDICT_MEANINGS, VERDICT_WORDS } from '../verdict/verdict-words.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';

/** Where the analysis stands, and how many frames have which verdict. */
export function StatusBar(): ReactNode {
  const status = useSession((state) => state.status);
  const host = useSession((state) => state.host);
  const connection = useSession((state) => state.connection);
  return (
    <footer className="status-bar" aria-label="Status">
      {connection === 'lost' ? (
        <span className="status-lost" role="alert">
          <Icon name="warning" size={13} /> The connection to Sipher is lost; trying again…
        </span>
      ) : null}
      <Progress />
      {isOpen(status) ? (
        <>
          <FrameCount />
          <ul className="status-verdicts" aria-label="Frames by verdict">
            {FRAME_VERDICTS.filter((verdict) => status.verdicts[verdict] > 0).map((verdict) => (
              <li key={verdict} title={`${VERDICT_WORDS[verdict]}: ${VERDICT_MEANINGS[verdict]}`}>
                <VerdictMark verdict={verdict} />
                <span className="mono">{formatCount(status.verdicts[verdict])}</span>
                <span className="status-word">{VERDICT_WORDS[verdict]}</span>
              </li>
            ))}
          </ul>
          <Warnings warnings={status.warnings} />
        </>
      ) : (
        <span>No capture is open.</span>
      )}
      <span className="status-host">
        {host === null ? '' : `Sipher ${host.version}${host.host === 'browser' ? ', in the browser' : ''}`}
      </span>
    </footer>
  );
}

/** All frames, or how many of them the filter lets through. */
function FrameCount(): ReactNode {
  const frames = useSession((state) => state.status.frames);
  const view = useSession((state) => state.view);
  const filtering = useFrames((state) => isFiltering(state.filter));
  const shown = useFrames((state) => state.shown);
  if (view !== 'frames' || !filtering) return <span>{formatPlural(frames, 'frame')}</span>;
  return (
    <span role="status" className="status-filtered">
      {shown === null
        ? 'Filtering…'
        : `${formatCount(shown.total)}${shown.settled ? '' : '+'} of ${formatPlural(frames, 'frame')} shown`}
    </span>
  );
}

function Progress(): ReactNode {
  const { session } = useApp();
  const status = useSession((state) => state.status);
  const upload = useSession((state) => state.upload);
  if (upload !== null) {
    return (
      <span className="status-progress">
        <progress aria-label={`Sending ${upload.name}`} value={upload.sent} max={upload.total} />
        <span className="clip">
          Sending {upload.name}: {formatBytes(upload.sent)} of {formatBytes(upload.total)}
        </span>
      </span>
    );
  }
  if (status.phase === 'cancelled')
    return <span className="warn-word">Cancelled: what was read by then is shown.</span>;
  if (!isBusy(status)) return null;
  const share = progressOf(status);
  return (
    <span className="status-progress" role="status">
      <progress aria-label="Reading the capture" {...(share === null ? {} : { value: share, max: 1 })} />
      <span>
        {status.phase === 'reading' ? 'Reading' : 'Decrypting'}
        {share === null ? '' : ` ${Math.floor(share * 100)} %`}
      </span>
      <Button label="Cancel" kind="ghost" onPress={() => void session.getState().cancel()} />
    </span>
  );
}

function Warnings({ warnings }: { warnings: readonly string[] }): ReactNode {
  const [open, setOpen] = useState(false);
  if (warnings.length === 0) return null;
  return (
    <>
      <button type="button" className="status-warnings" onClick={() => setOpen(true)}>
        <Icon name="warning" size={13} /> {formatPlural(warnings.length, 'warning')}
      </button>
      {open ? (
        <Dialog title="Warnings about this capture" onClose={() => setOpen(false)}>
          <ul className="why-list">
            {warnings.map((warning, index) => (
              <li key={index}>{warning}</li>
            ))}
          </ul>
        </Dialog>
      ) : null}
    </>
  );
}
