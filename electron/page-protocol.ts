import { protocol } from 'electron';
import { readPageFile } from '../core/node/host/page-files.ts';
import { PAGE_ORIGIN, PAGE_SCHEME } from './channels.ts';

/** Before the app is ready: makes app: an origin like https:, so that the policy's 'self' and modules work. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built page in `folder` under app://sipher/. */
export function servePage(folder: string): void {
  protocol.handle(PAGE_SCHEME, async (request) => {
    const url = new URL(request.url);
    if (url.host !== new URL(PAGE_ORIGIN).host || request.method !== 'GET') {
      return new Response('Not found\n', { status: 404 });
    }
    const file = await readPageFile(folder, url.pathname);
    return new Response(file.body, { status: file.status, headers: { ...file.headers } });
  });
}
