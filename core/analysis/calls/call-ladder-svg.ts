import type { CallDetail } from '../../api-calls.ts';
import { plainText } from '../../diagnosis/rich-text.ts';
import { type CallLadderLine, callLadderLines, noteOfLock, titleOfCall } from './call-ladder-lines.ts';
import { escapeXml } from '../conversations/ladder-svg.ts';

/** The ladder of a call as one SVG image that needs nothing else: a line a host, arrows, locked stretches, media. */
export function writeCallLadderSvg(detail: CallDetail): string {
  const all = callLadderLines(detail);
  const shown = all.slice(0, MOST_LINES);
  const columns = detail.columns.slice(0, MOST_COLUMNS);
  const width = LEFT + Math.max(1, columns.length) * COLUMN;
  const height = TOP + shown.length * STEP + BOTTOM;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(titleOfCall(detail))}</title>`,
    `<desc>${escapeXml(plainText(detail.headline))}</desc>`,
    '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...columns.map(({ host, name }, at) => head(xOf(at), host, name, height)),
    ...shown.map((line, at) => draw(line, TOP + at * STEP + STEP / 2)),
  ];
  const left = all.length - shown.length;
  if (left > 0 || !detail.complete)
    parts.push(
      `<text x="${width / 2}" y="${height - 8}" text-anchor="middle">${left > 0 ? left : 'Some'} further steps are not drawn</text>`,
    );
  parts.push('</svg>');
  return `${parts.join('\n')}\n`;
}

function draw(line: CallLadderLine, y: number): string {
  switch (line.kind) {
    case 'arrow': {
      const { arrow } = line;
      const colour = arrow.retransmission ? GREY : arrow.decrypted ? GREEN : BLUE;
      const label = `${arrow.label}${arrow.detail === '' ? '' : ` (${arrow.detail})`}`;
      const dash = arrow.retransmission ? ' stroke-dasharray="4 3"' : '';
      return [
        time(`${line.at.toFixed(4)} s · ${arrow.frame}`, y),
        caption(label, arrow.from, arrow.to, y, colour, arrow.decrypted),
        shaft(arrow.from, arrow.to, y, `stroke="${colour}"${dash} marker-end="url(#a)"`),
      ].join('');
    }
    case 'lock': {
      const { lock } = line;
      return [
        time(`${line.at.toFixed(4)} s`, y),
        caption(`locked: ${noteOfLock(lock)}`, lock.from, lock.to, y, AMBER, false),
        shaft(
          lock.from,
          lock.to,
          y + 3,
          `stroke="${AMBER}" stroke-width="6" stroke-opacity="0.4" stroke-dasharray="10 4"`,
        ),
      ].join('');
    }
    case 'media': {
      const { bar } = line;
      const colour = bar.problem ? RED : VIOLET;
      return [
        time(`${line.at.toFixed(4)} s`, y),
        caption(`${bar.label}, ${(bar.end - bar.start).toFixed(1)} s`, bar.from, bar.to, y, colour, false),
        shaft(bar.from, bar.to, y + 2, `stroke="${colour}" stroke-width="4" marker-end="url(#a)"`),
      ].join('');
    }
  }
}

function shaft(from: number, to: number, y: number, style: string): string {
  if (from === to) return `<path d="M${xOf(from)} ${y - 4}h24v8h-24" fill="none" ${style}/>`;
  return `<line x1="${xOf(from)}" y1="${y}" x2="${xOf(to)}" y2="${y}" ${style}/>`;
}

function caption(text: string, from: number, to: number, y: number, colour: string, bold: boolean): string {
  const weight = bold ? ' font-weight="bold"' : '';
  const room = Math.max(1, Math.abs(from - to)) * CHARACTERS;
  const label = text.length > room ? `${text.slice(0, room - 1)}…` : text;
  const [x, anchor] = from === to ? [xOf(from) + 30, 'start'] : [(xOf(from) + xOf(to)) / 2, 'middle'];
  return `<text x="${x}" y="${y - 4}" text-anchor="${anchor}" fill="${colour}"${weight}>${escapeXml(label)}</text>`;
}

function time(text: string, y: number): string {
  return `<text x="8" y="${y + 4}" fill="#555555">${text}</text>`;
}

function head(x: number, host: string, name: string, height: number): string {
  return [
    `<text x="${x}" y="20" text-anchor="middle" font-weight="bold">${escapeXml(host)}</text>`,
    `<text x="${x}" y="36" text-anchor="middle" fill="#555555">${escapeXml(name.slice(0, CHARACTERS))}</text>`,
    `<line x1="${x}" y1="${TOP - 12}" x2="${x}" y2="${height - BOTTOM}" stroke="#888888"/>`,
  ].join('');
}

function xOf(column: number): number {
  return LEFT + Math.min(column, MOST_COLUMNS) * COLUMN + COLUMN / 2;
}

const LEFT = 120;
const COLUMN = 260;
const TOP = 64;
const STEP = 28;
const BOTTOM = 28;
/** Of a label between two neighbours. */
const CHARACTERS = 40;
const MOST_LINES = 2000;
const MOST_COLUMNS = 40;
const BLUE = '#1f4e79';
const GREEN = '#1a6b34';
const GREY = '#777777';
const AMBER = '#8a5a00';
const VIOLET = '#5b3a8e';
const RED = '#b00020';
