import type { RichText } from '../api.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/text.ts';
import { describeUtcTime } from '../bytes/utc-time.ts';
import { plainText } from '../diagnosis/rich-text.ts';
import type { CaseReport, Listed, ReportRedaction } from './case-report.ts';
import { describeEnd } from './describe-message.ts';
import { asIs, createHtml, Html, type HtmlTag } from './html.ts';
import { reportCalls, reportStreams } from './report-calls.ts';
import { reportComparison, reportConversations, reportFindings } from './report-diagnosis.ts';
import { REPORT_STYLE } from './report-style.ts';

/** What the sections of a report are made with. */
export interface ReportPen {
  readonly html: HtmlTag;
  rich(text: RichText): Html;
  list(items: readonly Html[]): Html;
  /** "12 more are not in this report." */
  leftOut(list: Listed<unknown>, noun: string): Html;
  mark(id: string): Html;
  image(svg: string): Html;
}

/**
 * A case report as one HTML file that needs nothing else: no script, no address that it would fetch, all text of the
 * capture escaped. Its messages and images are written as they are given: `say` is for all the rest.
 */
export function* writeReportHtml(
  report: CaseReport,
  say: (text: string) => string,
  redaction: ReportRedaction | null,
): Generator<Uint8Array> {
  const pen = createPen(say);
  const { html } = pen;
  const sections = sectionsOf(report);
  yield encodeUtf8(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta
            http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
          />
          <meta name="referrer" content="no-referrer" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>Case report</title>
          <style>
            ${new Html(REPORT_STYLE)}
          </style>
        </head>
        <body>
          <header>
            <h1>Case report</h1>
            <p class="lead">${report.summary}</p>
            <p class="soft">
              ${report.made === '' ? null : html`Made ${asIs(report.made)} by `}${asIs(report.program)}.
            </p>
          </header>
          <nav aria-label="Sections">
            <ul>
              ${sections.map(({ id, title }) => html`<li><a href="#${asIs(id)}">${asIs(title)}</a></li>`)}
            </ul>
          </nav>
          <main></main>
        </body>
      </html> `.text,
  );
  yield encodeUtf8(reportAsked(pen, report, redaction).text);
  yield encodeUtf8(reportFacts(pen, report).text);
  for (const { write } of sections.slice(2))
    for (const part of write(pen, report)) yield encodeUtf8(part.text);
  yield encodeUtf8(
    '</main>\n<footer>Frames are numbered as in the capture. Inferences are said as such.</footer>\n</body></html>\n',
  );
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly write: (pen: ReportPen, report: CaseReport) => Iterable<Html>;
}

/** The sections that have something to tell; the first two are written apart. */
function sectionsOf(report: CaseReport): Section[] {
  const all: (Section & { readonly shown: boolean })[] = [
    { id: 'asked', title: 'What was asked', shown: true, write: () => [] },
    { id: 'facts', title: 'The capture', shown: true, write: () => [] },
    { id: 'findings', title: 'Findings', shown: report.findings.items.length > 0, write: reportFindings },
    { id: 'compare', title: 'Comparison', shown: report.comparison !== null, write: reportComparison },
    { id: 'calls', title: 'Calls', shown: report.calls.items.length > 0, write: reportCalls },
    { id: 'media', title: 'Media', shown: report.streams.items.length > 0, write: reportStreams },
    {
      id: 'conversations',
      title: 'Connections, verdicts and proofs',
      shown: report.conversations.items.length > 0,
      write: reportConversations,
    },
    { id: 'messages', title: 'SIP messages', shown: report.messages.items.length > 0, write: reportMessages },
  ];
  return all.filter(({ shown }) => shown);
}

function createPen(say: (text: string) => string): ReportPen {
  const html = createHtml(say);
  return {
    html,
    rich: (text) => html`${plainText(text).trim()}`,
    list: (items) =>
      items.length === 0
        ? html``
        : html`<ul>
            ${items.map((item) => html`<li>${item}</li>`)}
          </ul>`,
    leftOut: ({ leftOut }, noun) =>
      leftOut === 0
        ? html``
        : html`<p class="soft">${leftOut} more ${asIs(noun)} are not in this report.</p>`,
    mark: (id) => {
      const name = /^[a-z0-9-]+$/.test(id) ? id : '';
      return html`<span class="mark ${asIs(name)}"
        >${name === '' ? id : asIs(id.replaceAll('-', ' '))}</span
      >`;
    },
    image: (svg) => html`<figure>${new Html(svg)}</figure>`,
  };
}

function reportAsked({ html, list }: ReportPen, report: CaseReport, redaction: ReportRedaction | null): Html {
  const replaced =
    redaction === null
      ? null
      : html`<p>
          Names, numbers, addresses, credentials and keys are replaced, the same always by the same. Replaced:
          ${
            redaction.replaced.length === 0
              ? asIs('nothing')
              : asIs(redaction.replaced.map(({ kind, count }) => `${NOUNS[kind]} ${count}`).join(', '))
          }.
        </p>`;
  return html`<section id="asked">
    <h2>What was asked</h2>
    <dl>
      ${report.asked.map(
        ({ label, value }) =>
          html`<dt>${asIs(label)}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${list(report.holds.map((sentence) => html`${sentence}`))}${replaced}
  </section> `;
}

const NOUNS = {
  number: 'numbers',
  name: 'names',
  host: 'host names',
  address: 'addresses',
  'call-id': 'Call-IDs',
  tag: 'tags',
  branch: 'branches',
  credential: 'credentials',
  key: 'keys',
  certificate: 'parts of certificates',
  file: 'file names',
  other: 'other texts',
} as const;

function reportFacts({ html, list, mark }: ReportPen, report: CaseReport): Html {
  const verdicts = report.verdicts.filter(({ frames }) => frames > 0);
  return html`<section id="facts">
    <h2>The capture</h2>
    <dl>
      ${report.facts.map(
        ({ label, value }) =>
          html`<dt>${asIs(label)}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    <p>
      ${verdicts.map(({ verdict, frames }) => html`${mark(verdict)} ${frames} frame${asIs(frames === 1 ? '' : 's')} &ensp;`)}
    </p>
    ${list(report.warnings.map((warning) => html`${warning}`))}
    ${
      report.needs.length === 0
        ? null
        : html`<h3>What would decrypt what, whatever keys are loaded</h3>
            <table>
              <thead>
                <tr>
                  <th>Needed</th>
                  <th class="n">Connections</th>
                  <th>Which</th>
                </tr>
              </thead>
              <tbody>
                ${report.needs.map(
                  ({ need, conversations }) =>
                    html`<tr>
                      <td>${need}</td>
                      <td class="n">${conversations.length}</td>
                      <td>
                        ${asIs(
                          conversations.slice(0, MOST_NAMED).join(', ') +
                            (conversations.length > MOST_NAMED ? ' …' : ''),
                        )}
                      </td>
                    </tr>`,
                )}
              </tbody>
            </table>`
    }
  </section> `;
}

function* reportMessages(pen: ReportPen, report: CaseReport): Generator<Html> {
  const { html, leftOut } = pen;
  yield html`<section id="messages"><h2>SIP messages</h2></section> `;
  for (const message of report.messages.items) {
    const ends = `${describeEnd(message.source)} → ${describeEnd(message.destination)}`;
    // Already redacted where that was asked for.
    yield html`<h4 id="m${message.frame}">
        Frame ${message.frame} · ${asIs(describeUtcTime(message.seconds, message.nanoseconds))} ·
        ${asIs(ends)} · conversation ${message.conversation} ·
        ${asIs(message.decrypted ? 'decrypted' : 'clear')}
      </h4>
      <pre>${asIs(decodeUtf8(message.bytes).replace(/\r\n?/g, '\n').trimEnd())}</pre> `;
  }
  yield html`${leftOut(report.messages, 'messages')}</section>
`;
}

const MOST_NAMED = 20;
