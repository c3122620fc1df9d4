/**
 * Types that the parts of the sense view share. A "step" is a place in
 * `hidden_layers`, 0 … steps − 1; a "layer" is a hidden layer's number.
 *
 * @typedef {import("../../shared/tensor.js").Tensor} Tensor
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {import("../../shared/theme.js").RGB} RGB
 *
 * @typedef {object} Traits What Python and the front end share.
 * @property {number} hidden_layer
 * @property {string} colour Name of the group that colours.
 * @property {number[]} selected
 * @property {number} pinned -1 for none.
 * @property {string[]} muted Labels that are switched off.
 * @property {string} search
 * @property {string} projection
 * @property {"auto" | "light" | "dark"} theme
 * @property {number} height Of the figure, in pixels.
 *
 * @typedef {import("../../shared/view_state.js").ViewState<Traits>} State
 * @typedef {import("../../shared/view_state.js").Model} Model
 *
 * @typedef {object} ProjectionData
 * @property {Tensor} points `[layers, n, 2]`
 * @property {number[]} [layers] Which hidden layers `points` holds; all where it is absent.
 * @property {([number, number] | null)[]} explained
 * @property {(number | null)[]} trustworthiness
 * @property {string} [note]
 * @property {string} space Whose neighbours are those of what it shows.
 *
 * @typedef {object} GroupData
 * @property {string} name
 * @property {string} title
 * @property {string[]} labels
 * @property {Tensor} codes `[n]` or `[layers, n]`
 *
 * @typedef {object} Score
 * @property {string} measure
 * @property {string} [of] The only projection beside which it stands.
 * @property {string} title
 * @property {(number | null)[]} values
 * @property {(number | null)[]} [low]
 * @property {(number | null)[]} [high]
 * @property {(number | null)[]} [baseline]
 * @property {string} [baseline_name]
 * @property {(number | null)[]} [shuffled]
 * @property {(number | null)[]} [picture] The same on the two PCA axes.
 *
 * @typedef {object} Typical
 * @property {number} group
 * @property {number} layer
 * @property {number[]} items
 * @property {[string, number][]} [context]
 *
 * @typedef {object} Neighbours
 * @property {number[]} layers
 * @property {Tensor} indices `[layers, n, neighbours]`
 * @property {Tensor} cosines
 *
 * @typedef {object} Wording What the points are called.
 * @property {string} unit One of them: "occurrence".
 * @property {string} about What there is: "“spring”, 108 occurrences".
 * @property {string} near What a pinned one's neighbours are.
 * @property {string} kin What a neighbour is that belongs to the pinned one: "translation"; or
 *   empty.
 *
 * @typedef {object} Data
 * @property {string} title
 * @property {string} word
 * @property {string[]} words
 * @property {number} dimensions
 * @property {number[]} hidden_layers
 * @property {number} count
 * @property {{ buffer: import("../../shared/tensor.js").Bytes }} texts
 * @property {Tensor} spans
 * @property {Record<string, ProjectionData>} projections
 * @property {GroupData[]} groups
 * @property {Score[]} scores
 * @property {Record<string, Score[]>} [group_scores] Of the colourings that have scores of their own.
 * @property {string} [fine_print]
 * @property {Record<string, Neighbours>} neighbours By space.
 * @property {Record<string, (number | null)[]>} mean_cosine By space, then layer.
 * @property {Tensor | null} kin `[n]`: points of one number belong together.
 * @property {Wording} wording
 * @property {Record<string, Typical[]>} typical By colouring.
 * @property {number} [best_layer]
 *
 * @typedef {object} Detail What Python sends of a layer that the data lack.
 * @property {number} [hidden_layer]
 * @property {string} [projection]
 * @property {string} [space]
 * @property {Tensor | null} [points]
 * @property {Tensor | null} [neighbours]
 * @property {Tensor | null} [cosines]
 *
 * @typedef {object} Group One colouring.
 * @property {string} name
 * @property {string} title
 * @property {string[]} labels
 * @property {(step: number) => ArrayLike<number>} codes Of each occurrence at this step; what
 *   has no label has `labels.length`.
 *
 * @typedef {{ x: Float32Array, y: Float32Array }} Points
 *
 * @typedef {object} Nearest
 * @property {number[]} items
 * @property {number[]} cosines
 * @property {number} digits To which the cosines are exact.
 */

export {};
