/** The parts of node-forge: its core object, and the modules that put their ciphers into it. */
declare module 'node-forge/lib/forge.js' {
  import forge = require('node-forge');
  export = forge;
}
declare module 'node-forge/lib/des.js';
declare module 'node-forge/lib/rc2.js';
