import type { ConversationRow, LadderStep } from '../../api.ts';

/** The ladder as one SVG image that needs nothing else: two lines, arrows between them, times on the left. */
export function writeLadderSvg(row: ConversationRow, steps: readonly LadderStep[]): string {
  const shown = steps.slice(0, MOST_STEPS);
  const height = TOP + shown.length * STEP + BOTTOM;
  const first = shown[0]?.relative ?? 0;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(`Conversation ${row.conversation}: ${row.client} to ${row.server}`)}</title>`,
    '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    head(LEFT, 'client', row.client),
    head(RIGHT, 'server', row.server),
    `<line x1="${LEFT}" y1="${TOP - 12}" x2="${LEFT}" y2="${height - BOTTOM}" stroke="#888888"/>`,
    `<line x1="${RIGHT}" y1="${TOP - 12}" x2="${RIGHT}" y2="${height - BOTTOM}" stroke="#888888"/>`,
    ...shown.map((step, at) => drawStep(step, TOP + at * STEP + STEP / 2, step.relative - first)),
  ];
  if (shown.length < steps.length)
    parts.push(
      `<text x="${WIDTH / 2}" y="${height - 8}" text-anchor="middle">${steps.length - shown.length} further steps are not drawn</text>`,
    );
  parts.push('</svg>');
  return `${parts.join('\n')}\n`;
}

function drawStep(step: LadderStep, y: number, since: number): string {
  const colour = COLOURS[step.verdict];
  const time = `<text x="8" y="${y + 4}" fill="#555555">${since.toFixed(4)} s · ${step.frame}</text>`;
  const label = escapeXml(
    `${step.label}${step.detail === '' ? '' : ` (${step.detail})`}`.slice(0, MOST_LABEL),
  );
  const weight = step.decrypted ? ' font-weight="bold"' : '';
  const text = `<text x="${(LEFT + RIGHT) / 2}" y="${y - 3}" text-anchor="middle" fill="${colour}"${weight}>${label}</text>`;
  if (step.layer === 'mark')
    return `${time}${text}<line x1="${LEFT}" y1="${y}" x2="${RIGHT}" y2="${y}" stroke="${colour}" stroke-dasharray="4 4"/>`;
  const [from, to] = step.from === 'server' ? [RIGHT, LEFT] : [LEFT, RIGHT];
  const dash = step.verdict === 'opaque' ? ' stroke-dasharray="6 3"' : '';
  return `${time}${text}<line x1="${from}" y1="${y}" x2="${to}" y2="${y}" stroke="${colour}"${dash} marker-end="url(#a)"/>`;
}

function head(x: number, role: string, endpoint: string): string {
  return `<text x="${x}" y="20" text-anchor="middle" font-weight="bold">${escapeXml(endpoint)}</text><text x="${x}" y="36" text-anchor="middle" fill="#555555">${role}</text>`;
}

/** Also for attributes; what XML does not allow becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(UNPRINTABLE, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** XML 1.0 §2.2 allows no other control characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;
const WIDTH = 900;
const LEFT = 250;
const RIGHT = 800;
const TOP = 64;
const STEP = 26;
const BOTTOM = 28;
const MOST_LABEL = 90;
const MOST_STEPS = 2000;
const COLOURS = {
  clear: '#1f4e79',
  plain: '#555555',
  decrypted: '#1a6b34',
  opaque: '#8a5a00',
  gap: '#a02020',
  retransmission: '#777777',
  failure: '#b00020',
} as const satisfies Record<LadderStep['verdict'], string>;
