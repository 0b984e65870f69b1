import type { CallDetail, MediaStreamRow } from '../api-calls.ts';
import type { CaseReport } from './case-report.ts';
import { asIs, type Html } from './html.ts';
import type { ReportPen } from './report-html.ts';

export function* reportCalls(pen: ReportPen, report: CaseReport): Generator<Html> {
  const { html, leftOut, mark } = pen;
  const { items } = report.calls;
  yield html`<section id="calls">
    <h2>Calls</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>From</th>
            <th>To</th>
            <th>State</th>
            <th class="n">Set-up</th>
            <th class="n">Ringing</th>
            <th class="n">Duration</th>
            <th>Final response</th>
            <th class="n">Legs</th>
            <th class="n">Messages</th>
            <th class="n">Decrypted</th>
          </tr>
        </thead>
        <tbody>
          ${items.map(
            ({ detail: { row } }) =>
              html`<tr>
                <td>${row.from || row.source}</td>
                <td>${row.to || row.destination}</td>
                <td>${mark(row.state)}</td>
                <td class="n">${seconds(row.setup)}</td>
                <td class="n">${seconds(row.ringing)}</td>
                <td class="n">${seconds(row.duration)}</td>
                <td>${asIs(row.finalStatus === 0 ? 'none' : String(row.finalStatus))} ${row.finalReason}</td>
                <td class="n">${row.legs}</td>
                <td class="n">${row.messages}</td>
                <td class="n">${row.decrypted}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${leftOut(report.calls, 'calls')}
  </section> `;
  for (const { detail, ladder } of items) yield tellCall(pen, detail, ladder);
  yield html`</section>
`;
}

/** Of a call that could not be read the hosts are all that is known. */
function tellCall(pen: ReportPen, detail: CallDetail, ladder: string): Html {
  const { html, image, list, mark, rich } = pen;
  const { row, locks, joins, negotiations, findings } = detail;
  const part = (title: string, items: readonly Html[]): Html | null =>
    items.length === 0
      ? null
      : html`<h4>${asIs(title)}</h4>
          ${list(items)}`;
  return html`<article class="story ${asIs(row.kind === 'locked' ? 'opaque' : '')}">
    <h3>${row.from || row.source} → ${row.to || row.destination} ${mark(row.state)}</h3>
    <p>${rich(detail.headline)}</p>
    ${part(
      'Legs',
      detail.legs.map(
        (leg) =>
          html`<span class="mono">${leg.callId}</span>: ${leg.source} → ${leg.destination},
            ${asIs(leg.transports.join('+'))}, ${asIs(leg.state)}, ${leg.messages} messages, ${leg.decrypted}
            decrypted`,
      ),
    )}${part(
      'Why they are taken for one call',
      joins.map(({ sentence, certain }) => html`${sentence}${certain ? null : asIs(' (an inference)')}`),
    )}${part(
      'What could not be read',
      locks.map(
        ({ conversation, cause, sentence }) =>
          html`Conversation ${asIs(conversation)} ${mark(cause)} ${rich(sentence)}`,
      ),
    )}${part(
      'What was negotiated',
      negotiations.map(
        (one) =>
          html`${one.type}: ${one.codecs.join(', ')}; offered ${one.offerAddress} (frame
          ${one.offerFrame})${
            one.answerFrame === null
              ? html`, not answered`
              : html`, answered ${one.answerAddress} (frame ${one.answerFrame})`
          };
          ${asIs(one.direction)}; protection
          ${asIs(one.protection)}${one.remarks.map((remark) => html`<br />${remark}`)}`,
      ),
    )}${part(
      'Remarks',
      findings.map((finding) => rich(finding.rich)),
    )}${ladder === '' ? null : image(ladder)}
  </article> `;
}

export function* reportStreams(pen: ReportPen, report: CaseReport): Generator<Html> {
  const { html, leftOut } = pen;
  const rowOf = (stream: MediaStreamRow): Html =>
    html`<tr>
        <td class="ends">${stream.source} →<br />${stream.destination}</td>
        <td class="mono">${asIs(stream.ssrc)}</td>
        <td>${stream.codec}</td>
        <td class="n">${stream.packets}</td>
        <td class="n">${stream.lost}</td>
        <td class="n">${asIs(stream.jitterMean.toFixed(1))}</td>
        <td class="n">${asIs(stream.jitterMax.toFixed(1))}</td>
        <td class="n">${asIs(stream.deltaMax.toFixed(0))}</td>
        <td class="n">${asIs(stream.mos === null ? '' : stream.mos.toFixed(1))}</td>
        <td>
          ${asIs(stream.protection)}${
            stream.authenticated + stream.failed === 0
              ? null
              : html`, ${stream.authenticated}
                authenticated${stream.failed === 0 ? null : html`, ${stream.failed} not`}`
          }
        </td>
      </tr>
      <tr>
        <td colspan="10" class="soft">
          ${pen.rich(stream.srtp)}${stream.remarks.map((remark) => html`<br />${remark}`)}
        </td>
      </tr>`;
  yield html`<section id="media">
    <h2>Media</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>Stream</th>
            <th>SSRC</th>
            <th>Codec</th>
            <th class="n">Packets</th>
            <th class="n">Lost</th>
            <th class="n">Jitter, ms</th>
            <th class="n">Most</th>
            <th class="n">Longest gap, ms</th>
            <th class="n">MOS (estimate)</th>
            <th>Protection</th>
          </tr>
        </thead>
        <tbody>
          ${report.streams.items.map(rowOf)}
        </tbody>
      </table>
    </div>
    ${leftOut(report.streams, 'streams')}
  </section> `;
}

function seconds(value: number | null): Html {
  return asIs(value === null ? '—' : `${value.toFixed(3)} s`);
}
