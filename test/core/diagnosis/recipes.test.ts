import { describe, expect, test } from 'vitest';
import { recipeLines, trustStoreLines } from '../../../core/diagnosis/recipe-lines.ts';
import { ANY_PRODUCT } from '../../../core/diagnosis/recipes/programs.ts';
import {
  PRODUCTS,
  recipesFor,
  recogniseProduct,
  trustStores,
} from '../../../core/diagnosis/recipes/products.ts';
import type { Product } from '../../../core/diagnosis/recipes/recipe.ts';
import { plainText } from '../../../core/diagnosis/rich-text.ts';

describe('recipes', () => {
  test('every recipe says where it is written and for which version', () => {
    for (const product of PRODUCTS)
      for (const recipe of product.recipes) {
        expect(recipe.source.length, `${product.id} ${recipe.topic}`).toBeGreaterThan(5);
        expect(recipe.version, `${product.id} ${recipe.topic}`).not.toBe('');
        expect(recipe.text).toMatch(/\.$/);
      }
  });

  test('those that were followed step by step say with which version and what was seen', () => {
    const all = [...PRODUCTS, ANY_PRODUCT].flatMap(({ id, recipes }: Product) =>
      recipes.map((recipe) => ({ name: `${id} ${recipe.topic}`, recipe })),
    );
    const tried = all.filter(({ recipe }) => recipe.tried !== undefined);
    expect(tried.map(({ name }) => name).sort()).toEqual([
      'any break-connection',
      'any capture',
      'any force-rsa',
      'any log-secrets',
      'any no-resumption',
      'asterisk force-rsa',
      'asterisk log-secrets',
      'asterisk no-resumption',
      'asterisk trust-store',
      'baresip log-secrets',
      'baresip trust-store',
      'debian trust-store',
      'java trust-store',
      'kamailio force-rsa',
      'kamailio log-secrets',
      'kamailio no-resumption',
      'kamailio trust-store',
      'openssl log-secrets',
      'openssl no-resumption',
      'openssl trust-store',
      'sipp log-secrets',
    ]);
    for (const { recipe } of tried) {
      expect(recipe.tried?.version).toMatch(/\d/);
      expect(recipe.tried?.seen.length).toBeGreaterThan(20);
    }
    // A trial is told as one; what is only read is not.
    for (const { name, recipe } of all) expect(recipe.source, name).not.toMatch(/\btried\b/);
  });

  test('a line says that it was tried, and with what', () => {
    const kamailio = recogniseProduct({
      side: 'server',
      header: 'kamailio (5.6.3 (x86_64/linux))',
      subject: null,
      grease: false,
    });
    const lines = recipeLines(kamailio === null ? [] : [kamailio], 'no-resumption').map(plainText);
    expect(lines[0]).toMatch(
      /^On the server, Kamailio: restart it while you capture.*; tried with 5\.6\.3\)$/,
    );
    expect(lines[0]).toMatch(/gives out tickets also where session_cache is off/);
  });

  test.each([
    ['kamailio (5.6.3 (x86_64/linux))', null, 'kamailio'],
    ['Asterisk PBX 20.5.0', null, 'asterisk'],
    ['FPBX-16.0.33(18.9)', null, 'asterisk'],
    ['FreeSWITCH-mod_sofia/1.10.9', null, 'freeswitch'],
    ['Yealink SIP-T46S 66.84.0.15', null, 'yealink'],
    ['Mediant VE SBC/v.7.40A.250.440', null, 'audiocodes-sbc'],
    ['Audiocodes-Sip-Gateway-Mediant 800B/v.7.20A.256.024', null, 'audiocodes-sbc'],
    ['SONUS SBC1000 6.1.2v484 Sonus SBC', null, 'ribbon-sbc-edge'],
    ['SBC SWe Lite/8.0.1', null, 'ribbon-sbc-edge'],
    ['Ribbon SBC', null, 'ribbon-sbc-core'],
    ['PolycomVVX-VVX_411-UA/5.9.6.2327', null, 'polycom'],
    ['Grandstream GRP2614 1.0.9.42', null, 'grandstream'],
    ['Cisco-CP8841/14.2.1', null, 'cisco-phone'],
    ['innovaphone IP241/13r3', null, 'innovaphone'],
    ['baresip v1.0.0 (x86_64/linux)', null, 'baresip'],
    [null, 'CN=sip.pstnhub.microsoft.com', 'teams'],
    ['something else', 'CN=pbx.example', undefined],
  ])('%s %s is %s', (header, subject, id) => {
    expect(recogniseProduct({ side: 'server', header, subject, grease: false })?.product.id).toBe(id);
  });

  test('what a Client Hello alone shows is told as a guess', () => {
    const by = recogniseProduct({ side: 'client', header: null, subject: null, grease: true });
    expect(by?.product.name).toMatch(/^probably Chrome/);
    const named = recogniseProduct({ side: 'client', header: 'curl/8.5', subject: null, grease: true });
    expect(named?.product.id).toBe('browser');
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

  test('whoever does not know an authority is told where it is to be installed', () => {
    const yealink = recogniseProduct({
      side: 'client',
      header: 'Yealink SIP-T46S',
      subject: null,
      grease: false,
    });
    const products = yealink === null ? [] : [yealink];
    const [line, ...more] = trustStoreLines(products, 'client', '10.0.0.9:5061');
    expect(plainText(line ?? [])).toMatch(/^On the client, Yealink phone: trusted certificates are uploaded/);
    expect(more).toEqual([]);
    // Of the other side the same product says nothing.
    const [unknown] = trustStoreLines(products, 'server', '10.0.0.1:5061');
    expect(plainText(unknown ?? [])).toMatch(
      /which product the server at 10\.0\.0\.1:5061 is\..*Kamailio: the file that ca_list/,
    );
  });

  test('places of trust stores are those of products that play the part', () => {
    for (const who of ['client', 'server'] as const) {
      const told = trustStores(who).map(({ product }) => product);
      expect(told.length).toBeGreaterThan(3);
      expect(new Set(told).size).toBe(told.length);
    }
    expect(trustStores('client').map(({ product }) => product)).toContain('Yealink phone');
    expect(trustStores('server').map(({ product }) => product)).not.toContain('Yealink phone');
  });

  test('names the connection in the command that breaks it', () => {
    const [line] = recipeLines([], 'break-connection', '10.0.0.9:50212');
    expect(plainText(line ?? [])).toContain('“ss -K dst 10.0.0.9 dport = 50212”');
    const [six] = recipeLines([], 'break-connection', '[2001:db8::9]:50212');
    expect(plainText(six ?? [])).toContain('“ss -K dst [2001:db8::9] dport = 50212”');
  });
});
