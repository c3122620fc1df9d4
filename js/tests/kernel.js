/**
 * Python's side of a view and a page's model of it, with the messages on their way between them: what
 * ipywidgets does, but in an order that a test decides.
 *
 * @typedef {Record<string, any>} State
 * @typedef {{ kind: "update" | "echo" | "idle", state: State, answers?: number }} Message
 */

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * @param {State} first
 * @param {object} [about]
 * @param {(name: string, value: any) => boolean} [about.allows] Python refuses the rest.
 * @param {(name: string, python: State) => State} [about.carries] What Python changes along.
 * @param {boolean} [about.echoes] Whether ipywidgets confirms what it takes; before 8 the view does.
 */
export function createKernel(
  first,
  { allows = () => true, carries = () => ({}), echoes = true } = {},
) {
  /** @type {State} */
  const python = { ...first };
  /** @type {{ id: number, state: State }[]} */
  const up = [];
  /** @type {Message[]} */
  const down = [];

  /** @param {State} state */
  function write(state) {
    const changed = Object.entries(state).filter(([name, value]) => !same(python[name], value));
    Object.assign(python, state);
    if (changed.length) down.push({ kind: "update", state: Object.fromEntries(changed) });
    for (const [name] of changed) write(carries(name, python));
  }

  /** Python hears the next message of the page. */
  function hear() {
    const message = up.shift();
    if (!message) return;
    const { id, state } = message;
    for (const [name, value] of Object.entries(state)) {
      if (!allows(name, value)) {
        down.push({ kind: "update", state: { [name]: python[name] } });
        continue;
      }
      if (echoes) down.push({ kind: "echo", state: { [name]: value }, answers: id });
      const isNew = !same(python[name], value);
      python[name] = value;
      if (isNew) write(carries(name, python));
      if (!echoes) down.push({ kind: "update", state: { [name]: value } });
    }
    down.push({ kind: "idle", state: {} });
  }

  const page = createPage(first, up);
  return {
    python,
    page: page.model,
    write,
    hear,
    /** The page hears the next message of Python. */
    tell() {
      const message = down.shift();
      if (message) page.receive(message);
    },
    isQuiet: () => !up.length && !down.length,
  };
}

/** @param {State} first @param {{ id: number, state: State }[]} up */
function createPage(first, up) {
  /** @type {State} */
  const values = { ...first };
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  /** @type {State} */
  let unsaved = {};
  /** @type {State | null} What waits for an answer to the message before. */
  let buffered = null;
  let isPending = false;
  let sent = 0;
  /** @type {Map<string, number>} The message whose echo counts, by name. */
  const expected = new Map();

  /** @param {State} state @returns {string[]} What changed. */
  function put(state) {
    const changed = Object.keys(state).filter((name) => !same(values[name], state[name]));
    for (const name of changed) values[name] = state[name];
    return changed;
  }

  /** @param {string[]} changed */
  function announce(changed) {
    for (const name of changed) for (const listener of [...(listeners.get(name) ?? [])]) listener();
  }

  /** @param {State} state */
  function send(state) {
    if (isPending) {
      buffered = { ...buffered, ...state };
      return;
    }
    isPending = true;
    sent += 1;
    for (const name of Object.keys(state)) expected.set(name, sent);
    up.push({ id: sent, state });
  }

  /** @param {Message} message */
  function receive({ kind, state, answers }) {
    if (kind === "idle") {
      isPending = false;
      const waiting = buffered;
      buffered = null;
      if (waiting) send(waiting);
      return;
    }
    const taken = Object.entries(state).filter(([name]) => {
      if (kind === "update" || !expected.has(name)) return true;
      if (expected.get(name) !== answers) return false;
      expected.delete(name);
      return !buffered || !(name in buffered);
    });
    announce(put(Object.fromEntries(taken)));
  }

  const model = {
    get: (/** @type {string} */ name) => values[name],
    /** @param {string} name @param {unknown} value */
    set(name, value) {
      const changed = put({ [name]: value });
      if (changed.length) unsaved[name] = value;
      announce(changed);
    },
    save_changes() {
      if (Object.keys(unsaved).length) send(unsaved);
      unsaved = {};
    },
    /** @param {string} event @param {() => void} listener */
    on(event, listener) {
      const name = event.replace("change:", "");
      listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    /** @param {string} event @param {() => void} listener */
    off(event, listener) {
      listeners.get(event.replace("change:", ""))?.delete(listener);
    },
  };
  return { model, receive };
}
