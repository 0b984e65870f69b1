import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** The house style as far as a linter can hold it; layout.md and docs/ARCHITECTURE.md have the reasons. */
const STYLE = [
  { selector: 'TSEnumDeclaration', message: 'No enum: a union of literals, or an object `as const`.' },
  {
    selector: "TSModuleDeclaration[id.type='Identifier'][kind!='global']",
    message: 'No namespace: a file is the module.',
  },
  { selector: 'ExportDefaultDeclaration', message: 'No default export: one word, one concept, one file.' },
  { selector: 'ExportAllDeclaration', message: 'No barrel: import from the file that says it.' },
  {
    selector: "TSAsExpression:not([typeAnnotation.typeName.name='const'])",
    message: 'No `as`: prove the type, or use `satisfies`.',
  },
  { selector: 'TSTypeAssertion', message: 'No type assertion: prove the type, or use `satisfies`.' },
  { selector: 'TSParameterProperty', message: 'No parameter properties: they do not erase.' },
  {
    selector: ':matches(FunctionDeclaration, FunctionExpression)[id.name=/^(get|handle|process)$/]',
    message: 'Name it for what it does: not get, handle or process.',
  },
  {
    selector:
      'VariableDeclarator[id.name=/^(get|handle|process)$/]:matches([init.type=ArrowFunctionExpression], [init.type=FunctionExpression])',
    message: 'Name it for what it does: not get, handle or process.',
  },
  {
    selector: 'MethodDefinition[key.name=/^(handle|process)$/]',
    message: 'Name it for what it does: not handle or process.',
  },
];

const NO_INNER_HTML = {
  selector:
    "JSXAttribute[name.name='dangerouslySetInnerHTML'], MemberExpression[property.name=/^(innerHTML|outerHTML)$/]",
  message: 'Captures are hostile input: text reaches the page as text.',
};

const BRIDGE = {
  selector:
    "MemberExpression[object.name=/^(window|globalThis)$/][property.name='sipher'], CallExpression[callee.property.name='exposeInMainWorld'], NewExpression[callee.name='WebSocket']",
  message: 'Only renderer/api.ts touches the bridge to the host.',
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'release/**',
      'coverage/**',
      'node_modules/**',
      'test-results/**',
      '**/*.generated.*',
    ],
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-restricted-syntax': ['error', ...STYLE],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-debugger': 'error',
    },
  },
  {
    files: ['core/**/*.ts'],
    ignores: ['core/node/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'Buffer', message: 'Core runs in every host: Uint8Array and core/bytes.' },
        { name: 'process', message: 'Core knows no host.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Core is the same every time: no randomness.' },
        { object: 'Date', property: 'now', message: 'Core knows no clock.' },
        { object: 'performance', property: 'now', message: 'Core knows no clock.' },
      ],
    },
  },
  {
    files: ['core/index.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...STYLE.filter((rule) => rule.selector !== 'ExportAllDeclaration')],
    },
  },
  {
    files: ['core/globals.d.ts'],
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/no-unused-vars': 'off' },
  },
  {
    files: ['cli/**/*.ts', 'test/**/*.{ts,tsx}', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'no-restricted-syntax': ['error', ...STYLE, NO_INNER_HTML, BRIDGE],
    },
  },
  { files: ['renderer/api.ts'], rules: { 'no-restricted-syntax': ['error', ...STYLE, NO_INNER_HTML] } },
  {
    // Tools that read a default export from the file.
    files: ['*.config.{ts,js}', 'renderer/vite.config.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...STYLE.filter((rule) => rule.selector !== 'ExportDefaultDeclaration'),
      ],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': 'error',
      'no-debugger': 'error',
    },
  },
);
