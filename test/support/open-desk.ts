import { decodeResult } from '../../core/api-decode.ts';
import type { CaptureStatus, RequestName, Requests } from '../../core/api.ts';
import { AnalysisDesk } from '../../core/node/analysis-desk.ts';
import { NO_KEYS } from '../../core/node/host/analysis-host.ts';
import { labFile } from './open-lab.ts';

/** A desk that has read captures of test/captures to their end. Who opens it closes it. */
export async function openDesk(
  captures: readonly string[],
  keyFiles: readonly string[] = [],
): Promise<AnalysisDesk> {
  const desk = new AnalysisDesk(() => undefined);
  await desk.openPaths(captures.map(labFile), { ...NO_KEYS, keyFiles: keyFiles.map(labFile) });
  await settled(desk);
  return desk;
}

/** As a host does it: what is answered must be what the contract says. */
export async function askDesk<N extends RequestName>(
  desk: AnalysisDesk,
  name: N,
  params: Requests[N]['params'],
): Promise<Requests[N]['result']> {
  const decoded = decodeResult(name, JSON.parse(JSON.stringify(await desk.request(name, params))));
  if (!decoded.ok) throw new Error(`${name}: ${decoded.fault}`);
  return decoded.value;
}

/** Waits until nothing is read or decrypted any more. */
export async function settled(desk: AnalysisDesk): Promise<CaptureStatus> {
  for (let turn = 0; turn < 1000; turn += 1) {
    const status = await askDesk(desk, 'capture.status', null);
    if (status.phase !== 'reading' && status.phase !== 'opening') return status;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('The capture was not read in time');
}
