import { expect, test } from 'vitest';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, openFiles, startLinesOf } from '../../support/open-lab.ts';

test('TCP that Wireshark exported without its packets (“OSI layer 4”) is decrypted like the capture it came from', async () => {
  const open = async (file: string): Promise<string[]> => {
    const ring = new KeyRing();
    addLabKeys(ring, [{ type: 'rsa-private-key-pem', file: 'keys/server1.key.pem' }]);
    return startLinesOf(await openFiles([labFile(file)], ring), true);
  };
  const exported = await open('made/exported-layer-4.pcapng');
  expect(exported).toEqual(await open('01-tls12-rsa-aes128-gcm-sha256.pcap'));
  expect(exported).toHaveLength(12);
});
