import type { ReactNode } from 'react';
import type { RecordDetail } from '../../../core/api.ts';
import { formatMask } from '../../model/format.ts';
import { FrameLink } from '../diagnosis/links.tsx';
import { CAUSE_LABELS } from '../verdict/cause-labels.ts';
import { VERDICT_WORDS } from '../verdict/verdict-words.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';

/** The records that end in the frame: what each holds, and what the decoder did with it, in words. */
export function RecordList({
  records,
  selected,
  frame,
  onSelect,
}: {
  records: readonly RecordDetail[];
  selected: number | null;
  frame: number;
  onSelect: (record: RecordDetail) => void;
}): ReactNode {
  return (
    <section className="records" aria-label="TLS records">
      <h3 className="pane-title">
        {records.length === 1 ? '1 TLS record ends here' : `${records.length} TLS records end here`}
      </h3>
      <ul>
        {records.map((record) => (
          <li key={record.record} className={`record tone-${record.verdict}`}>
            <button
              type="button"
              className="record-button"
              aria-pressed={record.record === selected}
              onClick={() => onSelect(record)}
            >
              <VerdictMark verdict={record.verdict} />
              <span className="record-main">
                <span className="record-content clip" title={record.content}>
                  {record.content}
                </span>
                <span className="record-facts clip" title={factsOf(record)}>
                  {factsOf(record)}
                </span>
                <span className="record-decoder">
                  <b className="verdict-word">
                    {VERDICT_WORDS[record.verdict]}
                    {record.cause === null ? '' : `: ${CAUSE_LABELS[record.cause]}`}
                  </b>
                  {record.decoderWords === '' ? null : <> — {record.decoderWords}</>}
                </span>
              </span>
              <span className="record-state mono" title="State mask">
                {formatMask(record.state)}
              </span>
            </button>
            <RecordFrames record={record} frame={frame} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RecordFrames({ record, frame }: { record: RecordDetail; frame: number }): ReactNode {
  const others = record.frames.filter((other) => other !== frame);
  if (others.length === 0) return null;
  return (
    <p className="record-frames">
      Carried also in{' '}
      {others.slice(0, 8).map((other, index) => (
        <span key={other}>
          {index === 0 ? '' : ', '}
          <FrameLink frame={other} />
        </span>
      ))}
      {others.length > 8 ? ` and ${others.length - 8} more` : ''}
    </p>
  );
}

function factsOf(record: RecordDetail): string {
  const facts = [
    record.innerType === null || record.innerType === record.type
      ? record.type
      : `${record.innerType} in ${record.type}`,
    record.version,
    `${record.length} bytes`,
    `from the ${record.from}`,
    record.epoch === null ? '' : `epoch ${record.epoch}`,
    // The decoder's words name them as a rule.
    record.sequence === null || /sequence/.test(record.decoderWords) ? '' : `sequence ${record.sequence}`,
    record.key === null || record.decoderWords.includes(record.key) ? '' : record.key,
    record.resynchronised === null ? '' : `resynchronised by ${record.resynchronised}`,
    record.authenticated === false ? 'not authenticated' : '',
  ];
  return facts.filter((fact) => fact !== '').join(' · ');
}
