/**
 * The notebook that a model belongs to, where the host is JupyterLab or Notebook 7.
 *
 * @typedef {object} OutputModel
 * @property {Record<string, unknown>} data
 * @property {Record<string, unknown>} metadata
 * @property {(content: { data: object, metadata: object }) => void} setData Draws the output
 *   again, at once.
 *
 * @typedef {{ length: number, get(i: number): OutputModel }} Outputs
 *
 * @typedef {object} Notebook The widget manager's `context`.
 * @property {boolean} isDisposed
 * @property {{ cells: Iterable<{ outputs?: Outputs }> }} model
 * @property {{ connect(slot: SaveSlot): void, disconnect(slot: SaveSlot): void }} saveState
 * @property {{ session: { kernel: { status: string } | null } | null }} [sessionContext]
 *
 * @typedef {(notebook: unknown, state: string) => void} SaveSlot
 */

/** @param {{ widget_manager?: unknown }} model @returns {Notebook | null} */
export function notebookOf(model) {
  const manager = /** @type {{ context?: Notebook } | undefined} */ (model.widget_manager);
  const notebook = manager?.context;
  return notebook?.model?.cells && notebook.saveState ? notebook : null;
}

/**
 * @param {Notebook | null} notebook
 * @returns {boolean} Whether a kernel may hear a model; true where the host does not tell.
 */
export function hasKernel(notebook) {
  if (!notebook?.sessionContext) return true;
  const kernel = notebook.sessionContext.session?.kernel;
  return Boolean(kernel) && kernel?.status !== "dead";
}

/** @returns {boolean} Whether outputs and models on this page may belong to different notebooks. */
export function hasSeveralNotebooks() {
  return document.querySelectorAll(".jp-NotebookPanel").length > 1;
}

/**
 * Gives outputs other HTML, which draws them again.
 *
 * @param {Notebook} notebook
 * @param {string} marker Text that only these outputs contain.
 * @param {(html: string) => string | null} change Null leaves an output as it is.
 */
export function rewriteOutputs(notebook, marker, change) {
  for (const { outputs } of notebook.model.cells) {
    for (let i = 0; i < (outputs?.length ?? 0); i++) {
      const output = /** @type {Outputs} */ (outputs).get(i);
      const { data, metadata } = output;
      const stored = data?.["text/html"];
      const html = Array.isArray(stored) ? stored.join("") : String(stored ?? "");
      const changed = html.includes(marker) ? change(html) : null;
      if (changed !== null) output.setData({ data: { ...data, "text/html": changed }, metadata });
    }
  }
}

/**
 * @param {HTMLElement} place
 * @returns {boolean} Whether the output is gone; one in a cell scrolled out of sight is not.
 */
export function isGone(place) {
  return !place.isConnected && !place.closest(".jp-Cell");
}
