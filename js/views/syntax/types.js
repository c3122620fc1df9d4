/**
 * Types that the parts of the syntax view share. A word is named by its place in its sentence; a head
 * of -1 is none (a root's), -2 that of a word that trees leave out.
 *
 * @typedef {import("../../shared/tensor.js").Tensor} Tensor
 * @typedef {import("../../shared/view_state.js").Model} Model
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {Int8Array | Int16Array} Heads The head of each word.
 *
 * @typedef {object} Traits What Python and the front end share.
 * @property {number} sentence
 * @property {Source} source
 * @property {number} layer
 * @property {number} head
 * @property {number} hidden_layer That a probe reads; -1 where there is no probe.
 * @property {number} offset
 * @property {"auto" | "light" | "dark"} theme
 * @property {number} height Of the figure at most, in pixels.
 *
 * @typedef {"head" | "mean" | "probe" | "offset"} Source
 * @typedef {import("../../shared/view_state.js").ViewState<Traits>} State
 *
 * @typedef {object} Packed One sentence as it comes.
 * @property {string} id
 * @property {string[]} words
 * @property {string[]} upos
 * @property {string[]} relations
 * @property {boolean} rtl
 * @property {number[]} dropped Words of which the tokenizer makes nothing.
 * @property {Tensor} heads `[trees, words]`: gold, the heads' trees, the layers', the probe's.
 * @typedef {Packed & { trees: Heads[] }} Sentence
 *
 * @typedef {object} Data
 * @property {string} title
 * @property {number} sentences How many.
 * @property {number[]} layers
 * @property {number} heads
 * @property {number[]} probed_layers
 * @property {number[]} offsets
 * @property {Source[]} sources
 * @property {Tensor} found Over all sentences, the links of gold that each tree finds: gold itself, the
 *   heads, the layers, the probe, the offsets.
 * @property {Record<string, Packed>} embedded
 *
 * @typedef {"root" | "agreed" | "missed" | "extra"} Verdict
 * @typedef {{ word: number, head: number, verdict: Verdict }} Link
 *
 * @typedef {object} Box A word.
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} middle
 * @property {number} row
 *
 * @typedef {object} Placed
 * @property {Box[]} boxes
 * @property {[number, number][]} rows First word, one past the last.
 * @property {number} most The height of the farthest arc.
 * @property {number[]} tops How high gold's arcs reach, by row.
 * @property {[number, number]} margins Left and right, to which arcs across a break leave.
 * @property {boolean} rtl
 * @property {number} height
 *
 * @typedef {object} Piece An arc, or its part in one row.
 * @property {number} x0 At the head.
 * @property {number} x1 At the dependent.
 * @property {number} y
 * @property {number} rise Above 0 is down.
 * @property {boolean} starts Whether the head is in this row; else it comes from the margin.
 * @property {boolean} ends Whether the dependent is.
 *
 * @typedef {Link & { pieces: Piece[], alpha: number }} Arc
 * @typedef {{ word: number, text: string, x: number, y: number, width: number, free: boolean }} Label
 */

export {};
