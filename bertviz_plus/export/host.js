// Runs one widget's front end with the state that is in the page: no kernel, no network.

function decodeBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new DataView(bytes.buffer);
}

function putBuffers(state, buffers) {
  for (const { path, data } of buffers) {
    let place = state;
    for (const step of path.slice(0, -1)) place = place[step];
    place[path[path.length - 1]] = decodeBase64(data);
  }
  return state;
}

/** As much of a widget model as a front end may use where nobody answers. */
function createModel(state) {
  const listeners = new Map();
  const emit = (name, ...details) => {
    for (const listener of [...(listeners.get(name) ?? [])]) listener(...details);
  };
  const model = {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      emit(`change:${name}`, model, value);
      emit("change", model);
    },
    save_changes() {},
    send() {},
    on(names, listener) {
      for (const name of names.split(/\s+/)) {
        if (!listeners.has(name)) listeners.set(name, new Set());
        listeners.get(name).add(listener);
      }
    },
    off(name, listener) {
      if (name == null) listeners.clear();
      else if (listener) listeners.get(name)?.delete(listener);
      else listeners.delete(name);
    },
  };
  return model;
}

async function importText(source) {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

const stored = JSON.parse(document.getElementById("state").textContent);
const { default: widget } = await importText(stored.esm);
const definition = typeof widget === "function" ? await widget() : widget;
const model = createModel(putBuffers(stored.state, stored.buffers));
const experimental = { invoke: () => Promise.reject(new Error("No kernel answers in this page.")) };
const el = document.getElementById("view");
await definition.initialize?.({ model, experimental });
el.textContent = "";
await definition.render?.({ model, el, experimental });
