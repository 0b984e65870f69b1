/** An SVG image of our own with each text in it said another way: text between tags, and attributes that are read aloud. */
export function scrubImage(svg: string, say: (text: string) => string): string {
  return svg
    .replace(/>([^<]+)</g, (_, text: string) => `>${escapeXml(say(unescapeXml(text)))}<`)
    .replace(
      /(\s(?:aria-label|title|data-[a-z-]+)=")([^"]*)"/g,
      (_, head: string, text: string) => `${head}${escapeXml(say(unescapeXml(text)))}"`,
    );
}

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|#39|amp);/g, (_, name: string) => ENTITIES[name] ?? '');
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  amp: '&',
};
