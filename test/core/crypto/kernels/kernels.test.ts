import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadKernel } from '../../../../core/crypto/kernels/kernel-module.ts';
import { compileKernel, generatedFile, kernelNames } from '../../../../scripts/build-kernels.mjs';

test.each(kernelNames())('%s.generated.ts is what its source compiles to', async (name) => {
  expect(await compileKernel(name)).toBe(readFileSync(generatedFile(name), 'utf8'));
});

test('what is no module is no kernel', () => {
  expect(loadKernel('AAAA')).toBeNull();
  expect(loadKernel('not base64!')).toBeNull();
});
