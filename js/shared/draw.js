/**
 * A view in the output of a cell: drawn from what the output has stored, joined to Python's
 * model of it
 * where there is one.
 *
 * @typedef {import("./page.js").Announced} Announced
 * @typedef {import("./page.js").Drawn} Drawn
 * @typedef {import("./stored_model.js").State} State
 *
 * @typedef {(view: { model: import("./host_model.js").HostModel, el: HTMLElement }) => () =>
 *   void} Render
 *
 * @typedef {object} Stored
 * @property {string} id
 * @property {string} version
 * @property {number} revision Of the data.
 * @property {string[]} upward Traits that a reader changes.
 * @property {State} state
 * @property {string} css
 */

import { element } from "./dom.js";
import { guarded, guardedModel } from "./host_model.js";
import { idle } from "./idle.js";
import { livePage } from "./live_page.js";
import { announce, settle } from "./meeting.js";
import { hasKernel, notebookOf } from "./notebook.js";
import { pack, unpack } from "./packed.js";
import { CODE, pageOfViews } from "./page.js";
import { createStoredModel, kindOf } from "./stored_model.js";

/** A view is shown after so many ms, even where it has not said that it is drawn. */
const PATIENCE = 4000;
/** A stored height may be wrong by so many pixels. */
const NEARLY = 4;
const CHANGES = /(<script type="text\/plain" data-changes(?:="")?>)[^<]*(<\/script>)/;
const HEIGHT = /( data-height=")\d+(")/;
const AS_FIRST = " of the view as it was first shown";
const LINE = new RegExp(`(<figcaption[^>]*>)A picture(?:${AS_FIRST})?;`);

/**
 * @param {{ render: Render }} widget
 * @returns {{ render: Render, initialize: (context: { model: any }) => () => void }} An anywidget.
 */
export function alive({ render }) {
  return {
    render: ({ model, el }) => render({ model: guardedModel(model), el }),
    /** Runs for each model of Python's, without a view. */
    initialize(context) {
      const model = guardedModel(context.model);
      return announce({
        id: model.get("view_id"),
        model,
        notebook: guarded(() => notebookOf(context.model)) ?? null,
        draw: (place) => drawFromModel(render, place, model),
      });
    },
  };
}

/** @param {{ render: Render }} widget */
export function offer({ render }) {
  Object.assign(globalThis, {
    [CODE]: (/** @type {HTMLElement} */ place, /** @type {Stored} */ stored) =>
      drawStored(render, place, stored),
  });
}

/** @param {Render} render @param {HTMLElement} place @param {Stored} stored */
async function drawStored(render, place, stored) {
  const { id, version, upward } = stored;
  const state = { ...stored.state, ...(await changesIn(place, stored)) };
  const model = createStoredModel(state, upward);
  const written = () => JSON.stringify(upward.map((name) => state[name]));
  let kept = written();
  let { data, detail } = state;

  const first = JSON.stringify(upward.map((name) => stored.state[name]));

  /** @param {string} html @param {number} high @returns {string} With what was changed since. */
  function updated(html, high) {
    const names = [...upward, "detail", "data"].filter(
      (name) => state[name] !== stored.state[name],
    );
    const changes = names.length
      ? pack(Object.fromEntries(names.map((name) => [name, state[name]])))
      : "";
    return html
      .replace(CHANGES, `$1${changes}$2`)
      .replace(HEIGHT, `$1${high}$2`)
      .replace(LINE, written() === first ? "$1A picture;" : `$1A picture${AS_FIRST};`);
  }

  const page = () => livePage(drawn.place, state.theme, (html) => updated(html, shown.height()));
  const shown = await show(place, stored.css, (el) => render({ model: { ...model, page }, el }));
  const output = outputOf(shown, () => model.leave());
  /** @type {Drawn} */
  const drawn = {
    ...output,
    id,
    moveTo(next) {
      output.moveTo.call(drawn, next);
      mark();
    },
    join(announced) {
      if (announced.model.get("version") !== version) {
        const found = announced.model.get("version");
        shown.say(`This output was made by version ${version} of bertviz_plus, and Python has ${found}:
          run the cell again to join them.`);
        return;
      }
      this.joined = announced;
      const isSame = announced.model.get("revision") === stored.revision;
      model.join(announced.model, isSame ? ["data"] : [], () => hasKernel(announced.notebook));
    },
    stored(html) {
      const now = written();
      const isAsStored = now === kept && state.data === data && state.detail === detail;
      const high = shown.height();
      if (isAsStored && Math.abs(high - Number(this.place.dataset.height)) <= NEARLY) return null;
      [kept, data, detail] = [now, state.data, state.detail];
      return updated(html, high);
    },
  };
  /** The picture, which a printer takes, is of the display: it says so where the view is another by now. */
  function mark() {
    const isChanged = written() !== first;
    drawn.place.toggleAttribute("data-changed", isChanged);
    const line = drawn.place.querySelector("figcaption");
    if (line && isChanged) line.textContent = `A picture${AS_FIRST}.`;
  }
  let isMarked = true;
  /** To compare a whole state takes long: once after many changes, before anybody prints. */
  async function markWhenIdle() {
    if (!isMarked) return;
    isMarked = false;
    await idle();
    isMarked = true;
    mark();
  }
  model.on("change", markWhenIdle);
  settle(drawn);
  mark();
}

/**
 * @param {Render} render
 * @param {HTMLElement} place
 * @param {import("./host_model.js").HostModel} model Python's own.
 */
async function drawFromModel(render, place, model) {
  place.dataset.bertvizPlus = "live";
  const shown = await show(place, model.get("_css"), (el) => render({ model, el }));
  const announced = [...pageOfViews().models].find((one) => one.model === model) ?? null;
  settle({
    ...outputOf(shown, () => {}),
    id: model.get("view_id"),
    joined: announced,
    join() {},
    stored: () => null,
  });
}

/**
 * @param {Awaited<ReturnType<typeof show>>} shown
 * @param {() => void} leave
 * @returns {Omit<Drawn, "id" | "join" | "stored">}
 */
function outputOf(shown, leave) {
  return {
    joined: null,
    place: shown.place,
    moveTo(next) {
      this.place = next;
      shown.moveTo(next);
    },
    hold: shown.hold,
    part(closed) {
      leave();
      this.joined = null;
      // A widget that Python closes leaves the page.
      if (closed) this.remove();
    },
    remove() {
      pageOfViews().drawn.delete(/** @type {Drawn} */ (this));
      leave();
      shown.remove();
    },
  };
}

/**
 * Reads the changes made between display and save.
 *
 * @param {HTMLElement} place
 * @param {Stored} stored
 * @returns {Promise<State>}
 */
async function changesIn(place, { state, upward }) {
  const text = place.querySelector("script[data-changes]")?.textContent?.trim();
  if (!text) return {};
  const names = new Set([...upward, "detail", "data"]);
  try {
    return Object.fromEntries(
      Object.entries(await unpack(text)).filter(
        ([name, value]) => names.has(name) && kindOf(value) === kindOf(state[name]),
      ),
    );
  } catch (error) {
    console.warn("bertviz_plus: what was saved after the display cannot be read", error);
    return {};
  }
}

/**
 * Draws a view over an output's picture and replaces it when ready. The shadow root keeps out
 * the styles of the host and of other versions, and the host's typesetter.
 *
 * @param {HTMLElement} firstPlace
 * @param {string} css
 * @param {(el: HTMLElement) => () => void} render
 */
async function show(firstPlace, css, render) {
  let place = firstPlace;
  const host = element("div", "bvp-output");
  const styles = element("style", "", css);
  const el = element("div");
  const note = element("p");
  host.attachShadow({ mode: "open" }).append(styles, el, note);
  // A notebook's own keys are not for a view.
  host.dataset.lmSuppressShortcuts = "true";
  host.style.cssText = "position:absolute;inset:0 0 auto;visibility:hidden";
  place.style.position = "relative";
  place.append(host);
  const takeOff = render(el);
  const end = Date.now() + PATIENCE;
  while (!el.querySelector("[data-drawn]") && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 8));
  host.style.cssText = "";
  settleIn();

  function settleIn() {
    place.dataset.bertvizPlus = "live";
    place.style.cssText = "";
  }

  return {
    place,
    /** @param {HTMLElement} next */
    moveTo(next) {
      place = next;
      place.append(host);
      settleIn();
    },
    hold: () => scrollsAndFocus(host),
    height: () => Math.round(host.getBoundingClientRect().height),
    /** @param {string} text */
    say(text) {
      note.textContent = text;
    },
    remove() {
      takeOff();
      host.remove();
      place.hidden = true;
    },
  };
}

/**
 * @param {HTMLElement} host
 * @returns {() => void} Restores scroll positions and focus after a move.
 */
function scrollsAndFocus(host) {
  const root = /** @type {ShadowRoot} */ (host.shadowRoot);
  const focused = /** @type {HTMLElement | null} */ (root.activeElement);
  const scrolled = [...root.querySelectorAll("*")]
    .filter(({ scrollTop, scrollLeft }) => scrollTop || scrollLeft)
    .map((node) => /** @type {const} */ ([node, node.scrollLeft, node.scrollTop]));
  return () => {
    for (const [node, left, top] of scrolled) node.scrollTo(left, top);
    if (focused !== root.activeElement) focused?.focus({ preventScroll: true });
  };
}
