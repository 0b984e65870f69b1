import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../support/app-drivers/app-process.ts';

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** Each fault in one line: the rule, where, and what is wrong there. */
export async function faultsOn(page: Page): Promise<string[]> {
  // Evaluated over the debugging protocol, which the page's policy does not bind.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const axe: unknown = Reflect.get(globalThis, 'axe');
    const run: unknown = typeof axe === 'object' && axe !== null ? Reflect.get(axe, 'run') : null;
    if (typeof run !== 'function') throw new Error('axe did not load');
    const { violations } = await run(document, { resultTypes: ['violations'] });
    return violations.flatMap(
      (violation: { id: string; nodes: { target: string[]; failureSummary?: string }[] }) =>
        violation.nodes.map(
          (node) => `${violation.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`,
        ),
    );
  });
}
