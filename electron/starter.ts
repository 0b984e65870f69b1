import {
  desktopRequest,
  type DesktopMessage,
  type DesktopRequest,
} from '../core/node/host/desktop-messages.ts';

// The starter is our own command line; when it says nothing, something else started Electron with a channel (a test).
const PATIENCE_MS = 2000;

/** What the command line that started this app asks for; null where none did. */
export function receiveFromStarter(): Promise<DesktopRequest | null> {
  if (process.send === undefined) return Promise.resolve(null);
  return new Promise((done) => {
    const timer = setTimeout(() => finish(null), PATIENCE_MS);
    const finish = (request: DesktopRequest | null): void => {
      clearTimeout(timer);
      process.off('message', receive);
      done(request);
    };
    const receive = (message: unknown): void => finish(desktopRequest.is(message) ? message : null);
    process.on('message', receive);
    tellStarter({ kind: 'started' });
  });
}

export function tellStarter(message: DesktopMessage): void {
  // A starter that has gone is no reason to stop.
  process.send?.(message, undefined, undefined, () => {});
}
