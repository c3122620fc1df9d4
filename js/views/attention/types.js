/**
 * Types that the parts of the attention view share.
 *
 * @typedef {"heads" | "overview" | "matrix" | "neuron"} Mode
 * @typedef {"encoder" | "decoder" | "cross"} Kind
 * @typedef {"all" | "a→a" | "a→b" | "b→a" | "b→b"} Segments
 *
 * @typedef {object} ViewState What Python and the front end share; each field is a trait.
 * @property {Mode} mode
 * @property {number | "mean"} layer
 * @property {number[] | "mean"} heads
 * @property {"from" | "to"} side
 * @property {number[]} selected_tokens Units on `side`.
 * @property {string} quantity What is drawn: "weight", or another in its place.
 * @property {string} statistic What the overview shows of the statistics of a corpus; "" for maps.
 * @property {[number, number][]} off Heads that are switched off: layer and head.
 * @property {number[]} pair Units of a source and a target, or none.
 * @property {"mean" | "sum"} combine
 * @property {number} threshold Weights under it are hidden, 0 to 1.
 * @property {"tokens" | "words"} units
 * @property {boolean} hide_special
 * @property {Segments} segments
 * @property {Kind} attention_kind
 * @property {"auto" | "light" | "dark"} theme
 * @property {number} height Of the figure, in pixels.
 *
 * @typedef {object} Axis One side of an attention map, in the units that are shown.
 * @property {number} size
 * @property {string[]} labels What is shown; never shortened here.
 * @property {boolean[]} special
 * @property {Int32Array} word Which word a subword belongs to; -1 for none. Braces are drawn
 *   from it.
 * @property {number[]} segment 0 or 1.
 * @property {number[]} unit The number of each row or column among all units, as
 *   `selected_tokens` counts.
 * @property {string} name "text", "source" or "target".
 *
 * @typedef {object} FigureData One layer as it is shown: units merged, specials and segments
 *   filtered.
 * @property {Kind} kind
 * @property {number | "mean"} layer
 * @property {string} where The layer in words.
 * @property {number} heads How many.
 * @property {number} mean Of how many heads the only one is the mean, else 0.
 * @property {Axis} rows The tokens that attend.
 * @property {Axis} columns The tokens that are attended to.
 * @property {Uint8Array} codes `[heads, rows, columns]`; 255 is missing.
 * @property {import("./scale.js").Scale} scale What they mean.
 * @property {number} peak The largest size, in levels.
 * @property {Float64Array} mass `[heads, 256]`: how much weight stands at each code; at code 0
 *   what was rounded away. Counted when first read.
 * @property {Float32Array} rounded `[heads]`: share of the mass that rounds to code 0.
 *
 * @typedef {object} HeadMap One head for the overview, whole or pooled.
 * @property {Uint8Array} codes `[rows, columns]`, a view and not a copy.
 * @property {number} rows
 * @property {number} columns
 * @property {boolean} first The first column is a special token and stands alone.
 * @property {boolean} last The last column likewise.
 * @property {boolean} pooled
 * @property {import("./scale.js").Scale} scale
 *
 * @typedef {object} Patterns
 * @property {string[]} names
 * @property {Float32Array} shares `[layers, heads, names]`
 * @property {Float32Array} even `[names]`: each share of an even spread.
 * @property {Float32Array} evenness `[layers, heads]`, 0 to 1.
 * @property {boolean} hideSpecial Special tokens name no head.
 * @property {Float32Array | null} [sizes] Of a signed quantity, each head's mean size: nothing else is known.
 *
 * @typedef {object} Pair One pair of tokens in every head.
 * @property {[string, string]} labels Source and target.
 * @property {Float32Array} weights `[2, layers, heads]`: there and back; NaN where it is not here.
 * @property {[number, number]} even What an even spread would give, there and back.
 * @property {import("./scale.js").Scale} scale
 *
 * @typedef {object} NeuronData Queries and keys of one head.
 * @property {number} size Of a head, in dimensions.
 * @property {number} scaling
 * @property {Float32Array} queries `[rows, size]`
 * @property {Float32Array} keys `[columns, size]`
 * @property {Axis} rows
 * @property {Axis} columns
 * @property {Uint8Array} codes `[rows, columns]`, the head's weights.
 *
 * @typedef {object} Store What there is to draw.
 * @property {string} title The model's name.
 * @property {() => Kind[]} kinds
 * @property {() => string[]} quantities That can be drawn.
 * @property {() => string} quantity The name of the one drawn: another model's weights are weights.
 * @property {() => import("./scale.js").Scale} scale Of it.
 * @property {() => string | null} quantityWords What the one drawn means; null for weights.
 * @property {() => { layers: number[], heads: number, included: number[], rows: Axis, columns:
 *   Axis, causal: boolean, pair: boolean }} shape
 *   Of the kind that is shown, in the units that are shown.
 * @property {() => boolean} hasWords Some words have several subwords.
 * @property {(layer?: number | "mean") => FigureData | null} figureData The layer (by default the one
 *   shown), or null while it is not here.
 * @property {(layer?: number | "mean") => Promise<FigureData | null>} want Inflate or ask Python; null
 *   when nobody answers.
 * @property {() => string[] | null} models The names of the two that a difference is of; null for others.
 * @property {() => Promise<(FigureData | null)[]>} wantBoth What it is of; null where nobody answers.
 * @property {(layer: number, head: number) => HeadMap | null} map Null while it is being inflated.
 * @property {() => Promise<void>} wantMaps Resolves when every `map` is there that can be.
 * @property {import("./statistics_map.js").Statistics | null} statistics Of a corpus.
 * @property {import("./switches.js").Switches | null} switches Of heads.
 * @property {() => Pair | null} pair Null while no pair is chosen.
 * @property {() => Promise<any>} wantPair Resolves when all of `pair` is there that can be.
 * @property {() => Patterns} patterns
 * @property {() => Promise<NeuronData | string>} wantNeuron Of `heads[0]`; a string says why
 *   there is none.
 * @property {() => number[]} here Layers that can be drawn without Python.
 * @property {(field: keyof ViewState, value: any) => Partial<ViewState>} carried A changed
 *   field, and what goes with it.
 * @property {() => string[]} specialNames Of the tokens that are attended to.
 * @property {() => number} missing How many weights are missing in the kind that is shown.
 *
 * @typedef {import("../../shared/view_state.js").ViewState<ViewState>} State
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {import("../../shared/pieces.js").Piece} Piece
 * @typedef {import("../../shared/pieces.js").CaptionPart} CaptionPart
 *
 * @typedef {object} Frame What a mode may use of the frame around it.
 * @property {HTMLElement} figure Empty when the mode starts; the mode fills it.
 * @property {State} state
 * @property {Store} store
 * @property {() => Theme} theme
 * @property {(parts: (CaptionPart | null)[], longest?: (CaptionPart | null)[]) => void} caption
 *   Under the
 *   figure; the longest that it becomes on hover keeps its height.
 * @property {(parts: Piece[]) => void} reading The line above the figure that changes on hover;
 *   [] clears it.
 * @property {(share: number | null) => void} hidden What the threshold hides; null when the
 *   slider does not apply.
 * @property {(x: number, y: number, build: (tip: HTMLElement) => void) => void} showTip Client
 *   coordinates.
 * @property {() => void} hideTip
 * @property {(text: string) => void} announce To a screen reader.
 * @property {() => string} readingText What the reading line says.
 * @property {(left: number, width: number) => void} readingRoom Where the reading line may share
 *   the figure's first line.
 * @property {(from: DOMRect) => void} growFrom Next mode's picture grows out of this rectangle.
 *
 * @typedef {object} ModeView
 * @property {() => void} layout Called when width, theme or font changed, and once at the start
 *   if there is a width.
 * @property {(changed: Set<keyof ViewState>) => void} update State changed, or a layer arrived
 *   (empty set).
 * @property {(event: KeyboardEvent) => boolean} key True when the key was used.
 * @property {() => void} destroy
 */

export {};
