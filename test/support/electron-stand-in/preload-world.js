/**
 * What a sandboxed preload may require of `electron`, in the preload's own world of a window. `toMain` is a binding that
 * only this world has; main calls `fromMain`. Paths of dropped files are those that the test announced by file name.
 */
(function preloadWorld(worlds, toMain) {
  const listeners = new Map();
  const pending = new Map();
  let lastId = 0;

  const ipcRenderer = {
    invoke(channel, ...parameters) {
      lastId += 1;
      const id = lastId;
      // What cannot be cloned is refused here, as Electron does.
      toMain(JSON.stringify({ id, channel, parameters: structuredClone(parameters) }));
      return new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
    },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    off(channel, listener) {
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((other) => other !== listener),
      );
      return ipcRenderer;
    },
  };
  const electron = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (name, api) => worlds.expose(name, api) },
    webUtils: {
      getPathForFile(file) {
        if (!(file instanceof File)) throw new TypeError('not a File');
        return globalThis.standInPaths?.[file.name] ?? '';
      },
    },
  };
  globalThis.standInFromMain = (message) => {
    if (message.kind === 'push') {
      for (const listener of listeners.get(message.channel) ?? []) listener({}, ...message.parameters);
      return;
    }
    const { resolve, reject } = pending.get(message.id);
    pending.delete(message.id);
    if (message.thrown === null) resolve(message.result);
    else reject(new Error(`Error invoking remote method '${message.channel}': ${message.thrown}`));
  };
  return (name) => {
    if (name !== 'electron') throw new Error(`A sandboxed preload cannot require ${name}`);
    return electron;
  };
});
