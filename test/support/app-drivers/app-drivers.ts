import { browserHost } from './drive-browser-host.ts';
import { realElectron } from './drive-electron.ts';
import { electronStandIn } from './drive-stand-in.ts';
import type { AppDriver } from './driven-app.ts';

/** Every host that the whole app is driven through. */
export const APP_DRIVERS: readonly AppDriver[] = [electronStandIn, browserHost, realElectron];
