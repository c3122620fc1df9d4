/**
 * Types that the parts of the masked-word view share. A word is named by its place in its sentence; -1 is
 * none.
 *
 * @typedef {import("../../shared/tensor.js").Tensor} Tensor
 * @typedef {import("../../shared/view_state.js").Model} Model
 * @typedef {import("../../shared/theme.js").Theme} Theme
 *
 * @typedef {object} Traits What Python and the front end share.
 * @property {string} text
 * @property {string[]} edits Names of perturbations, and "place=word".
 * @property {string} target What attributions explain; empty for the likeliest.
 * @property {string} method
 * @property {"auto" | "light" | "dark"} theme
 * @property {number} height Of the figure at most, in pixels.
 *
 * @typedef {import("../../shared/view_state.js").ViewState<Traits>} State
 *
 * @typedef {object} Said What of an answer is text.
 * @property {string} text
 * @property {string[]} edits
 * @property {string[]} said What each edit did.
 * @property {string[]} words
 * @property {boolean[]} glued Whether a word stands next to the one before, without a space.
 * @property {number} mask The place of the mask.
 * @property {string[]} choices
 * @property {string[]} lens_first
 * @property {string} target
 * @property {string[]} methods Whose attributions there are.
 * @property {Record<string, [number, number]>} faithfulness
 * @property {Record<string, string>} refused Why a perturbation does nothing to it.
 *
 * @typedef {Said & Record<typeof import("./store.js").TENSORS[number], Tensor>} Packed
 *
 * @typedef {Said & {
 *   probabilities: Float32Array, ranks_before: Int32Array, probabilities_before: Float32Array,
 *   ranks_of_first: Int32Array, probabilities_of_first: Float32Array, lens: Float32Array,
 *   lens_first_probabilities: Float32Array, attributions: Float32Array,
 * }} Answer The lens is `[layers, choices]`, attributions are `[methods, words]`.
 *
 * @typedef {{ text: string, answers: Packed[] }} PackedAsked
 *
 * @typedef {object} Data
 * @property {string} title
 * @property {"mask" | "next" | "label"} task
 * @property {string} mask The mask token.
 * @property {string[]} buttons Names of perturbations.
 * @property {Record<string, string>} methods By name: what it is.
 * @property {PackedAsked} asked
 *
 * @typedef {object} Box A word.
 * @property {number} x
 * @property {number} y
 * @property {number} width
 *
 * @typedef {object} Move A choice and its row before and after; null where it is not among those shown.
 * @property {string} choice
 * @property {number | null} from
 * @property {number | null} to
 * @property {number} rise Places that it moved up.
 * @property {number} change -1 where it became less likely, 1 where likelier, 0 where neither clearly.
 */

export {};
