/**
 * Links made by hand: a drag from a word to its partner, or a click on each.
 *
 * @typedef {import("./types.js").DrawnLink} DrawnLink
 * @typedef {import("./types.js").WordPlace} WordPlace
 */

/**
 * @param {DrawnLink[]} links
 * @param {number} source
 * @param {number} target
 * @param {"sure" | "possible"} kind
 * @returns {DrawnLink[]} With the link; without it where it was there in this kind.
 */
export function toggled(links, source, target, kind) {
  const others = links.filter(([i, j]) => i !== source || j !== target);
  const same = links.some(([i, j, is]) => i === source && j === target && is === kind);
  if (same) return others;
  /** @type {DrawnLink} */
  const made = [source, target, kind];
  return [...others, made].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** @param {import("./view.js").View} view */
export function createDrawing(view) {
  /** @type {WordPlace | null} */
  let start = null;
  /** @type {Record<string, DrawnLink[]>[]} */
  const past = [];

  /** @returns {DrawnLink[]} The links to start from: gold, if there is any. */
  function links() {
    const drawn = view.drawn();
    if (drawn) return drawn;
    const gold = view.about().gold;
    const kinds = /** @type {const} */ (["sure", "possible"]);
    return kinds.flatMap((kind) =>
      (gold?.[kind] ?? []).map(([i, j]) => /** @type {DrawnLink} */ ([i, j, kind])),
    );
  }

  /** @param {DrawnLink[] | null} made Null restores the pair. */
  function put(made) {
    const before = view.state.get("drawn") ?? {};
    past.push(before);
    const drawn = { ...before };
    if (made) drawn[String(view.pair())] = made;
    else delete drawn[String(view.pair())];
    view.state.set({ drawn });
  }

  return {
    start: () => start,
    links,
    drop() {
      start = null;
    },
    canUndo: () => past.length > 0,
    undo() {
      const drawn = past.pop();
      if (drawn) view.state.set({ drawn });
    },
    reset: () => put(null),
    clear: () => put([]),

    /** Takes the method's links to correct them. */
    take: () => put(view.found().links.map(({ source, target }) => [source, target, "sure"])),

    /** @param {number} source @param {number} target @param {boolean} possible */
    toggle(source, target, possible) {
      put(toggled(links(), source, target, possible ? "possible" : "sure"));
    },

    /**
     * @param {WordPlace} from
     * @param {WordPlace} at On the other side.
     * @param {boolean} possible
     */
    join(from, at, possible) {
      const [one, other] = from.side === "source" ? [from, at] : [at, from];
      start = null;
      put(toggled(links(), one.word, other.word, possible ? "possible" : "sure"));
    },

    /** @param {WordPlace} at */
    unlink({ side, word }) {
      put(links().filter((link) => link[side === "source" ? 0 : 1] !== word));
    },

    /**
     * @param {WordPlace} at
     * @param {boolean} possible
     * @returns {boolean} Whether that made or took away a link.
     */
    press(at, possible) {
      if (!start || start.side === at.side) {
        start = start?.side === at.side && start.word === at.word ? null : at;
        return false;
      }
      this.join(start, at, possible);
      return true;
    },
  };
}
