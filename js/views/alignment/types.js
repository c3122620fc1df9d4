/**
 * Types that the parts of the alignment view share. A "step" is a place in
 * `hidden_layers`, 0 … steps − 1; a "layer" is a hidden layer's number.
 *
 * @typedef {import("../../shared/tensor.js").Tensor} Tensor
 * @typedef {import("../../shared/view_state.js").Model} Model
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {import("../../shared/theme.js").RGB} RGB
 * @typedef {"source" | "target"} Side
 * @typedef {[number, number, "sure" | "possible"]} DrawnLink
 *
 * @typedef {object} Traits What Python and the front end share.
 * @property {number} pair
 * @property {number} hidden_layer
 * @property {string} method
 * @property {number} threshold Links of less confidence are hidden.
 * @property {boolean} show_gold
 * @property {boolean} show_similarity
 * @property {"all" | "pair"} map_of
 * @property {boolean} drawing
 * @property {Record<string, DrawnLink[]>} drawn Of the pairs that were touched, all their links.
 * @property {"auto" | "light" | "dark"} theme
 * @property {number} height Of the figure at most, in pixels; two thirds of it where that is
 *   narrow.
 *
 * @typedef {import("../../shared/view_state.js").ViewState<Traits>} State
 *
 * @typedef {object} Pair
 * @property {string[]} source
 * @property {string[]} target
 * @property {boolean} source_rtl
 * @property {boolean} target_rtl
 * @property {number[]} cut_source Words that the model did not read.
 * @property {number[]} cut_target
 * @property {{ sure: number[][], possible: number[][] } | null} gold
 * @property {Record<string, number[][]>} given
 *
 * @typedef {object} PackedLinks
 * @property {Tensor} links `[links, 3]`: source, target, confidence · 65535
 * @property {Tensor} starts `[layers · methods + 1]`
 * @property {Tensor} [found] `[layers · methods]`: how many links there are, where only the
 *   surest came.
 *
 * @typedef {object} MapData
 * @property {"aer" | "confidence"} measure
 * @property {Tensor} all `[layers, methods]`
 * @property {Tensor} pairs `[pairs, layers, methods]`
 * @property {string} note
 * @property {Tensor | null} chance `[layers, methods]`: mean confidence on random numbers.
 * @property {string} chance_note Over which pairs.
 *
 * @typedef {object} Data
 * @property {string} title
 * @property {[string, string] | null} languages
 * @property {Pair[]} pairs
 * @property {number[]} hidden_layers
 * @property {number | null} best_layer
 * @property {{ name: string, title: string }[]} methods
 * @property {Record<string, PackedLinks>} links
 * @property {number[]} embedded
 * @property {Record<string, Tensor>} similarity `[layers, source, target]`
 * @property {MapData | null} map
 * @property {string} [fine_print]
 *
 * @typedef {object} Detail
 * @property {number} [pair]
 * @property {Tensor} [links]
 * @property {Tensor} [starts]
 * @property {Tensor} [found]
 * @property {Tensor | null} [similarity]
 * @property {number[]} [similarity_layers]
 * @property {Tensor} [map]
 *
 * @typedef {object} Link
 * @property {number} source
 * @property {number} target
 * @property {number} confidence
 *
 * @typedef {object} Gold Links by `keyOf`; the sure ones are among the possible.
 * @property {Set<number>} sure
 * @property {Set<number>} possible
 *
 * @typedef {"plain" | "agreed" | "allowed" | "missed" | "extra" | "unlinked" | "hint"} Verdict
 *   "allowed": found, and gold calls it possible; "unlinked": possible, and not found; "hint":
 * found,
 *   while links are drawn by hand.
 * @typedef {Link & { verdict: Verdict }} Judged
 * @typedef {{ side: Side, word: number }} WordPlace
 *
 * @typedef {object} Box A word on the placed, and where its links end.
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {number} endX
 * @property {number} endY
 * @typedef {Record<Side, Box[]> & { width: number, height: number, upright: boolean, bands:
 *   number }} PlacedWords
 *   `upright`: two columns instead of two lines.
 * @typedef {Judged & { x0: number, y0: number, x1: number, y1: number, alpha: number }} Curve
 */

export {};
