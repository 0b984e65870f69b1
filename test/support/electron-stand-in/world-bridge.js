/**
 * Runs in both worlds of a window, the page's and the preload's, and carries calls between them as contextBridge does:
 * values are cloned, functions become stand-ins that call back, promises stay promises, what is called at once answers
 * at once. The worlds share nothing but the document, so they speak by its events.
 *
 * The one parameter is the name of the world: 'page' or 'preload'.
 */
(function connectWorlds(world) {
  const other = world === 'page' ? 'preload' : 'page';
  const kept = [];
  let answers = null;

  const isPlain = (value) => {
    const proto = Object.getPrototypeOf(value);
    return proto === Object.prototype || proto === null;
  };
  const pack = (value) => {
    if (typeof value === 'function') return { type: 'function', id: kept.push(value) - 1 };
    if (value instanceof Promise) return { type: 'promise', id: kept.push(value) - 1 };
    if (Array.isArray(value)) return { type: 'array', items: value.map(pack) };
    if (typeof value === 'object' && value !== null && isPlain(value)) {
      return { type: 'object', entries: Object.entries(value).map(([key, item]) => [key, pack(item)]) };
    }
    return { type: 'value', value };
  };
  const unpack = (packed) => {
    switch (packed.type) {
      case 'function':
        return (...parameters) => call('call', packed.id, parameters);
      case 'promise':
        return new Promise((resolve, reject) => call('settle', packed.id, [resolve, reject]));
      case 'array':
        return packed.items.map(unpack);
      case 'object':
        return Object.freeze(Object.fromEntries(packed.entries.map(([key, item]) => [key, unpack(item)])));
      default:
        return packed.value;
    }
  };
  const send = (detail) => document.dispatchEvent(new CustomEvent(`stand-in:${other}`, { detail }));
  // Events are delivered at once, so the answer is there when `send` returns.
  const call = (kind, id, parameters) => {
    const before = answers;
    answers = null;
    send({ kind, id, parameters: parameters.map(pack) });
    const answer = answers;
    answers = before;
    if (answer === null) throw new Error('The other world does not answer');
    if (answer.thrown !== null) throw new Error(answer.thrown);
    return unpack(answer.result);
  };
  const perform = ({ kind, id, parameters }) => {
    const [first, second] = parameters.map(unpack);
    if (kind === 'settle') {
      kept[id].then(first, (error) => second(error instanceof Error ? error.message : String(error)));
      return undefined;
    }
    return kept[id](...parameters.map(unpack));
  };

  const exposed = new Map();
  document.addEventListener(`stand-in:${world}`, ({ detail }) => {
    if (detail.kind === 'answer') answers = detail;
    else if (detail.kind === 'hello') for (const [name, api] of exposed) send({ kind: 'expose', name, api });
    else if (detail.kind === 'expose') {
      if (!(detail.name in globalThis)) {
        Object.defineProperty(globalThis, detail.name, { value: unpack(detail.api), enumerable: true });
      }
    } else {
      let answer;
      try {
        answer = { kind: 'answer', thrown: null, result: pack(perform(detail)) };
      } catch (error) {
        answer = {
          kind: 'answer',
          thrown: error instanceof Error ? error.message : String(error),
          result: pack(undefined),
        };
      }
      send(answer);
    }
  });
  send({ kind: 'hello' });
  return {
    expose(name, api) {
      exposed.set(name, pack(api));
      send({ kind: 'expose', name, api: exposed.get(name) });
    },
  };
});
