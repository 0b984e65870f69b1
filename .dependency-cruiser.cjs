/**
 * The import rule of docs/ARCHITECTURE.md. Layers of the core stand in order: each may import what stands above it in
 * LAYERS, never below, and nothing goes in a circle.
 */
const LAYERS = [
  ['bytes'],
  ['store', 'capture', 'crypto'],
  ['keys', 'net'],
  ['stream'],
  ['x509'],
  ['tls'],
  ['media'],
  ['app'],
  ['diagnosis'],
  ['filter', 'export'],
  ['analysis'],
];

/** keys sits between bytes and tls, and names certificates: x509 is open to it although it stands further on. */
const EXTRA = { keys: ['x509'] };

/** From here on layers speak of verdicts to people: their sentences are those of the contract with the page. */
const FIRST_THAT_SPEAKS = LAYERS.findIndex((layer) => layer.includes('diagnosis'));

const layerRules = LAYERS.flatMap((layer, depth) =>
  layer.map((name) => {
    const later = LAYERS.slice(depth)
      .flat()
      .filter((other) => other !== name);
    const forbidden = later.filter((other) => !(EXTRA[name] ?? []).includes(other));
    return {
      name: `core-${name}-imports-earlier-layers-only`,
      comment: `core/${name} may import the layers before it, core/verdict.ts and core/crypto/backend.ts.`,
      severity: 'error',
      from: { path: `^core/${name}/` },
      to: {
        path: [`^core/(${forbidden.join('|')})/`, '^core/(index|api|api-[a-z-]+|shape|transport)[.]ts$'],
        pathNot: [
          '^core/crypto/backend[.]ts$',
          ...(depth >= FIRST_THAT_SPEAKS
            ? ['^core/api(-(calls|conversations|export|frames|keys|order))?[.]ts$']
            : []),
        ],
      },
    };
  }),
);

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-knows-no-host',
      comment: 'Only core/node may import node:*, and nothing else in core may import core/node.',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/node/' },
      to: { path: ['^core/node/', '^(cli|electron|renderer|scripts|test)/'] },
    },
    {
      name: 'core-imports-no-builtin',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/node/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-packages',
      comment: 'Pure packages without a host: noble ciphers and hashes, sdp-transform, fzstd.',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/node/' },
      to: {
        path: '^node_modules/',
        pathNot: '^node_modules/(@noble/|sdp-transform/|@types/sdp-transform/|fzstd/)',
      },
    },
    {
      name: 'core-node-packages',
      severity: 'error',
      from: { path: '^core/node/' },
      to: {
        path: '^(cli|electron|renderer|scripts|test)/|^node_modules/',
        pathNot: '^node_modules/(@noble/|node-forge/|@types/|fzstd/|opus-decoder/)',
      },
    },
    {
      name: 'hosts-use-the-public-core',
      comment: 'The command line and Electron reach the core through its index, its contract and core/node.',
      severity: 'error',
      from: { path: '^(cli|electron)/' },
      to: {
        path: '^core/',
        pathNot: '^core/(index|api|api-[a-z-]+|shape|transport|verdict)[.]ts$|^core/node/',
      },
    },
    {
      name: 'hosts-do-not-know-each-other',
      severity: 'error',
      from: { path: '^(cli|electron)/' },
      to: { path: '^(cli|electron|renderer)/', pathNot: '^$1/' },
    },
    {
      name: 'preload-imports-nothing-of-the-host',
      severity: 'error',
      from: { path: '^electron/preload[.]ts$' },
      to: { pathNot: '^core/(api|transport)[.]ts$|^electron/channels[.]ts$|^node_modules/electron/' },
    },
    {
      name: 'renderer-takes-the-contract-only',
      comment: 'Values from the contract files; from the rest of the core types only.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/vite[.]config[.]ts$' },
      to: {
        path: '^(core|cli|electron)/',
        pathNot: '^core/(api|api-[a-z-]+|shape|transport|verdict)[.]ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'renderer-runs-in-a-browser',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/vite[.]config[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-has-no-electron',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^node_modules/(electron|ws|node-forge|commander)/' },
    },
    {
      name: 'ui-knows-no-domain-word',
      severity: 'error',
      from: { path: '^renderer/ui/' },
      to: { path: '^(core/|renderer/(model|features)/|renderer/api[.]ts$)' },
    },
    {
      name: 'model-has-no-screen',
      severity: 'error',
      from: { path: '^renderer/model/' },
      to: { path: '^renderer/(ui|features)/' },
    },
    {
      name: 'nobody-imports-tests',
      comment: 'The comparisons with other tools share their numbers and their clock with the benchmark.',
      severity: 'error',
      from: { pathNot: '^(test|bench)/|^scripts/compare-' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|release)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
