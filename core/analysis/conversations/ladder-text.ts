import type { ConversationRow, LadderStep } from '../../api.ts';

/** The ladder as text in the manner of ssldump: number, time, time since the step before, direction, what it is. */
export function writeLadderText(row: ConversationRow, steps: readonly LadderStep[]): string {
  const lines = [
    `Conversation ${row.conversation}: ${row.client} <-> ${row.server} (${row.protocol}${row.version === null ? '' : `, ${row.version}`}${row.cipherSuite === null ? '' : `, ${row.cipherSuite}`})`,
    `From frame ${row.firstFrame} at ${row.start}; ${row.verdict}${row.cause === null ? '' : `: ${row.cause}`}`,
    '',
  ];
  const first = steps[0]?.relative ?? 0;
  let before = first;
  steps.forEach((step, at) => {
    const since = step.relative - first;
    const delay = Math.max(0, step.relative - before);
    before = step.relative;
    const head = `${String(at + 1).padStart(4)}  ${since.toFixed(4).padStart(9)} (${delay.toFixed(4)})`;
    const mark = step.decrypted ? '*' : ' ';
    lines.push(
      `${head}  ${ARROWS[step.from]} ${mark} ${LAYERS[step.layer].padEnd(5)} ${step.label}${noteOf(step)}  [frame ${step.frame}]`,
    );
  });
  lines.push('', '* seen only by decryption');
  return `${lines.join('\n')}\n`;
}

const ARROWS = { client: 'C>S', server: 'S>C', both: '<->' } as const;
const LAYERS = { tcp: 'TCP', tls: 'TLS', application: 'APP', mark: '---' } as const;

function noteOf(step: LadderStep): string {
  if (step.verdict === 'opaque') return ` (encrypted${step.detail === '' ? '' : `: ${step.detail}`})`;
  return step.detail === '' ? '' : ` (${step.detail})`;
}
