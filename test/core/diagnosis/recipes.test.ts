import { describe, expect, test } from 'vitest';
import { PRODUCTS, recipesFor, recogniseProduct } from '../../../core/diagnosis/recipes/products.ts';

describe('recipes', () => {
  test('every recipe says where it is written and for which version', () => {
    for (const product of PRODUCTS)
      for (const recipe of product.recipes) {
        expect(recipe.source.length, `${product.id} ${recipe.topic}`).toBeGreaterThan(5);
        expect(recipe.version, `${product.id} ${recipe.topic}`).not.toBe('');
        expect(recipe.text).toMatch(/\.$/);
      }
  });

  test.each([
    ['kamailio (5.6.3 (x86_64/linux))', null, 'kamailio'],
    ['Asterisk PBX 20.5.0', null, 'asterisk'],
    ['FPBX-16.0.33(18.9)', null, 'asterisk'],
    ['FreeSWITCH-mod_sofia/1.10.9', null, 'freeswitch'],
    ['Yealink SIP-T46S 66.84.0.15', null, 'yealink'],
    [null, 'CN=sip.pstnhub.microsoft.com', 'teams'],
    ['something else', 'CN=pbx.example', undefined],
  ])('%s %s is %s', (header, subject, id) => {
    expect(recogniseProduct({ side: 'server', header, subject, grease: false })?.product.id).toBe(id);
  });

  test('whoever speaks with Teams is not told to force RSA', () => {
    const teams = recogniseProduct({
      side: 'server',
      header: null,
      subject: 'sip.pstnhub.microsoft.com',
      grease: false,
    });
    const [first] = recipesFor(teams === null ? [] : [teams], 'force-rsa');
    expect(first?.recipe.text).toMatch(/would take this trunk down/);
  });
});
