/**
 * Puts the stand-in in the place of `electron`, so that the built main bundle runs unchanged under Node:
 *
 *   node --import ./test/support/electron-stand-in/register.mjs dist/electron/main.mjs
 */
import { register } from 'node:module';

const standIn = JSON.stringify(new URL('./electron.mjs', import.meta.url).href);
const hooks = `export const resolve = (name, context, next) =>
  name === 'electron' ? { url: ${standIn}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
