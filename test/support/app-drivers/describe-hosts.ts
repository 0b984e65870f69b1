import { describe } from 'vitest';
import { APP_DRIVERS } from './app-drivers.ts';
import type { AppDriver } from './driven-app.ts';

/** The same tests through every host that can run here, under `title` and the host's name. */
export function describeHosts(title: string, tests: (driver: AppDriver) => void): void {
  const here = APP_DRIVERS.filter(({ missing }) => missing === null);
  // Where none can they are skipped, and counted as such: a file without any test would be a failure.
  for (const driver of here.length > 0 ? here : APP_DRIVERS.slice(0, 1))
    describe.skipIf(driver.missing !== null)(`${title} ${driver.name}`, () => tests(driver));
}
