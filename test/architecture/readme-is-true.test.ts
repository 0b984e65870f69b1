import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const program = fileURLToPath(new URL('dist/cli/sipher.mjs', root));
const samples = fileURLToPath(new URL('assets/samples/', root));

/** Commands of the README with what it says that they print; `…` alone on a line or at its end leaves something out. */
function shownRuns(): { command: string; lines: string[] }[] {
  const block = /```\n\$ cd assets\/samples\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  return block
    .split(/^\$ npx sipher /m)
    .slice(1)
    .map((run) => {
      const [command = '', ...lines] = run.split('\n');
      return { command, lines: lines.filter((line) => line.trim() !== '' && line !== '…') };
    });
}

function run(parameters: string[]): string[] {
  const { stdout } = spawnSync(process.execPath, [program, ...parameters], {
    cwd: samples,
    encoding: 'utf8',
  });
  return stdout.split('\n');
}

describe('README.md', () => {
  it('shows a run of every command that answers on the terminal', () => {
    expect(shownRuns().map(({ command }) => command.split(' ')[0])).toEqual([
      'conversations',
      'frames',
      'sip',
      'explain',
      'keys',
    ]);
  });

  it.each(shownRuns().map((shown) => [shown.command, shown] as const))(
    'prints what %s prints',
    (_, shown) => {
      const printed = run(shown.command.split(' '));
      for (const line of shown.lines) {
        if (line.endsWith('…'))
          expect(printed.some((other) => other.startsWith(line.slice(0, -1)))).toBe(true);
        else expect(printed).toContain(line);
      }
    },
  );

  it('lists no command that there is not', () => {
    const listed = [...readme.matchAll(/^sipher (\w+) /gm)].map((match) => match[1] ?? '');
    const help = run(['--help']);
    expect(listed.length).toBeGreaterThan(0);
    for (const name of listed) expect(help.some((line) => line.startsWith(`  ${name} `))).toBe(true);
  });

  it('shows pictures that are there', () => {
    const pictures = [...readme.matchAll(/src(?:set)?="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.filter((picture) => !existsSync(new URL(picture, root)))).toEqual([]);
  });
});
