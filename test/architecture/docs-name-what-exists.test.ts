import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'test/captures/README.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe.each(documents)('%s', (name) => {
  const here = new URL(name, root);
  const text = readFileSync(here, 'utf8');

  it('links to files and headings that are there', () => {
    const missing = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1] ?? '')
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [path = '', heading] = link.split('#');
        const target = path === '' ? here : new URL(path, here);
        if (!existsSync(target)) return true;
        return heading !== undefined && !headingsOf(readFileSync(target, 'utf8')).has(heading);
      });
    expect(missing).toEqual([]);
  });

  it('names files and folders of the source that are there', () => {
    const paths = [
      ...text.matchAll(/`((?:core|cli|electron|renderer|scripts|bench|test|assets)\/[\w./-]+)`/g),
    ];
    const missing = paths.map((match) => match[1] ?? '').filter((path) => !existsSync(new URL(path, root)));
    expect(missing).toEqual([]);
  });
});

/** As GitHub makes anchors of headings. */
function headingsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
