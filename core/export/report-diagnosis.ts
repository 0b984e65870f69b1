import type { Finding, WhyPanel } from '../api.ts';
import type { CaseReport, ConversationStory } from './case-report.ts';
import { asIs, type Html } from './html.ts';
import type { ReportPen } from './report-html.ts';

export function* reportFindings(pen: ReportPen, report: CaseReport): Generator<Html> {
  const { html, leftOut, mark, rich } = pen;
  const rowOf = (finding: Finding): Html =>
    html`<tr>
      <td>${mark(finding.severity)}</td>
      <td>
        ${rich(finding.rich)}${
          finding.confidence === 'certain'
            ? null
            : html` <span class="soft">(${asIs(finding.confidence)})</span>`
        }${finding.fix === '' ? null : html`<br /><span class="soft">${finding.fix}</span>`}
      </td>
      <td class="n">
        ${asIs(
          finding.frames.slice(0, MOST_FRAMES).join(', ') + (finding.frames.length > MOST_FRAMES ? ' …' : ''),
        )}
      </td>
      <td class="n">${asIs(finding.conversation ?? '')}</td>
    </tr>`;
  yield html`<section id="findings">
    <h2>Findings</h2>
    <table>
      <thead>
        <tr>
          <th></th>
          <th>What was found</th>
          <th class="n">Frames</th>
          <th class="n">Conversation</th>
        </tr>
      </thead>
      <tbody>
        ${report.findings.items.map(rowOf)}
      </tbody>
    </table>
    ${leftOut(report.findings, 'findings')}
  </section> `;
}

export function* reportComparison(pen: ReportPen, report: CaseReport): Generator<Html> {
  const { comparison } = report;
  if (comparison === null) return;
  const { html, mark, rich } = pen;
  const { left, right } = comparison;
  const different = comparison.rows.filter((row) => !row.same);
  const cell = (value: string | null, frame: number | null): Html =>
    html`<td>
      ${value ?? asIs('—')}${frame === null ? null : html` <span class="soft">frame ${frame}</span>`}
    </td>`;
  yield html`<section id="compare">
    <h2>Comparison</h2>
    <p class="lead">${rich(comparison.sentence)}</p>
    <table>
      <thead>
        <tr>
          <th>Field</th>
          <th>Conversation ${asIs(left.conversation)}: ${left.client} → ${left.server}</th>
          <th>Conversation ${asIs(right.conversation)}: ${right.client} → ${right.server}</th>
          <th>Matters</th>
        </tr>
      </thead>
      <tbody>
        ${different.map(
          (row) =>
            html`<tr>
              <td>${asIs(row.section)}: ${asIs(row.field)}</td>
              ${cell(row.left, row.leftFrame)}${cell(row.right, row.rightFrame)}
              <td>
                ${mark(row.matters)}${
                  row.why === '' ? null : html`<br /><span class="soft">${row.why}</span>`
                }
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="soft">${comparison.rows.length - different.length} further facts are the same.</p>
  </section> `;
}

export function* reportConversations(pen: ReportPen, report: CaseReport): Generator<Html> {
  const { html, leftOut, mark } = pen;
  const { items } = report.conversations;
  yield html`<section id="conversations">
    <h2>Connections, verdicts and proofs</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th class="n">No.</th>
            <th>Client</th>
            <th>Server</th>
            <th>Protocol</th>
            <th>Version, suite</th>
            <th>Verdict</th>
            <th class="n">Decrypted</th>
            <th class="n">Opaque</th>
            <th class="n">Clear</th>
            <th>Key</th>
          </tr>
        </thead>
        <tbody>
          ${items.map(
            ({ row }) =>
              html`<tr>
                <td class="n">${asIs(row.conversation)}</td>
                <td class="ends">${row.client}</td>
                <td>
                  <span class="ends">${row.server}</span>${
                    row.serverName === null ? null : html`<br /><span class="soft">${row.serverName}</span>`
                  }
                </td>
                <td>${asIs(row.protocol)}</td>
                <td>${asIs([row.version, row.cipherSuite].filter((part) => part !== null).join(', '))}</td>
                <td>
                  ${mark(row.verdict)}${row.cause === null ? null : html`<br /><span class="soft">${asIs(row.cause)}</span>`}
                </td>
                <td class="n">${row.decrypted}</td>
                <td class="n">${row.opaque}</td>
                <td class="n">${row.clear}</td>
                <td>${row.key}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${leftOut(report.conversations, 'connections')}
  </section> `;
  for (const story of items)
    if (story.why !== null || story.ladder !== '' || story.certificates.length > 0)
      yield tellStory(pen, story);
  yield html`</section>
`;
}

function tellStory(pen: ReportPen, { row, why, certificates, ladder }: ConversationStory): Html {
  const { html, image } = pen;
  return html`<article class="story ${asIs(row.verdict)}">
    <h3>Conversation ${asIs(row.conversation)}: ${row.client} → ${row.server}</h3>
    ${why === null ? null : tellWhy(pen, why)}${
      certificates.length === 0
        ? null
        : html`<h4>Certificates as sent</h4>
            ${certificates.map(
              (certificate) =>
                html`<dl>
                  <dt>Subject</dt>
                  <dd>${certificate.subject}</dd>
                  <dt>Issuer</dt>
                  <dd>${certificate.issuer}</dd>
                  <dt>Valid</dt>
                  <dd>${asIs(certificate.notBefore)} to ${asIs(certificate.notAfter)}</dd>
                  <dt>SHA-256</dt>
                  <dd class="mono">${certificate.sha256}</dd>
                </dl>`,
            )}`
    }${ladder === '' ? null : image(ladder)}
  </article> `;
}

function tellWhy({ html, list, mark, rich }: ReportPen, why: WhyPanel): Html {
  const part = (title: string, items: readonly Html[]): Html | null =>
    items.length === 0
      ? null
      : html`<h4>${asIs(title)}</h4>
          ${list(items)}`;
  return html`<p><strong>${why.title}</strong> ${why.cause === null ? null : mark(why.cause)}</p>
    <p>${rich(why.what)}</p>
    ${part('Proof', why.proof.map(rich))}${part('What to do now', why.fixNow.map(rich))}${part('At the next capture', why.fixNext.map(rich))}
    ${part(
      'What decryption needs',
      why.checklist.map(
        ({ item, status, frame, note }) =>
          html`${mark(status)}
          ${item}${frame === null ? null : html` (frame ${frame})`}${note.length === 0 ? null : html`: ${rich(note)}`}`,
      ),
    )}${
      why.state === null
        ? null
        : html`<p class="soft">
            State mask 0x${asIs(why.state.mask.toString(16).toUpperCase())}:
            ${asIs(
              why.state.bits
                .filter((bit) => bit.set)
                .map((bit) => bit.flag)
                .join(', '),
            )}
          </p>`
    }`;
}

const MOST_FRAMES = 8;
