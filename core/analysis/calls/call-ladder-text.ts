import type { CallDetail } from '../../api-calls.ts';
import { plainText } from '../../diagnosis/rich-text.ts';
import { callLadderLines, noteOfLock, titleOfCall } from './call-ladder-lines.ts';

/** The ladder of a call as text: number, time, delay, from which host to which, what; `*` where it was decrypted. */
export function writeCallLadderText(detail: CallDetail): string {
  const { columns, row } = detail;
  const width = Math.max(4, ...columns.map(({ host }) => host.length));
  const host = (column: number): string => (columns[column]?.host ?? '?').padEnd(width);
  const lines = [
    clean(titleOfCall(detail)),
    `${clean(plainText(detail.headline))}`,
    `Call: ${clean(row.call)}, from frame ${row.firstFrame} at ${row.time}`,
  ];
  columns.forEach(({ host: address, name }) =>
    lines.push(`  ${address.padEnd(width)}  ${clean(name)}`.trimEnd()),
  );
  lines.push('');
  let number = 0;
  let before = 0;
  for (const line of callLadderLines(detail)) {
    number += 1;
    const delay = Math.max(0, line.at - before);
    before = line.at;
    const head = `${String(number).padStart(4)}  ${line.at.toFixed(4).padStart(9)} (${delay.toFixed(4)})`;
    switch (line.kind) {
      case 'arrow': {
        const { arrow } = line;
        const note = arrow.detail === '' ? '' : ` (${clean(arrow.detail)})`;
        const mark = arrow.decrypted ? '*' : ' ';
        lines.push(
          `${head}  ${host(arrow.from)} -> ${host(arrow.to)} ${mark} ${clean(arrow.label)}${note}  [frame ${arrow.frame}]`,
        );
        break;
      }
      case 'lock':
        lines.push(
          `${head}  ${host(line.lock.from)} ## ${host(line.lock.to)}   locked: ${noteOfLock(line.lock)}`,
        );
        break;
      case 'media': {
        const { bar } = line;
        const problem = bar.problem ? ', with problems' : '';
        lines.push(
          `${head}  ${host(bar.from)} => ${host(bar.to)}   ${clean(bar.label)} for ${(bar.end - bar.start).toFixed(1)} s${problem}`,
        );
        break;
      }
    }
  }
  if (!detail.complete) lines.push('      further messages are left out');
  lines.push(
    '',
    '* seen only by decryption   ## encrypted, taken for a part of the call by place and time   => media',
  );
  return `${lines.join('\n')}\n`;
}

/** What came off the wire cannot move the cursor or begin lines. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '\uFFFD');
}
