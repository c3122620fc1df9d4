/** What `bertviz_plus/design.json` says to the attention view. */

import design from "../../../bertviz_plus/design.json" with { type: "json" };

const { widths, heights, columns, strips, links, overview, patterns, matrix, neuron } =
  design.attention;
const { head_map: map } = design.attention;
const { words } = design;

export const { slim: SLIM, wide: WIDE } = widths;
export const { least: LEAST_HEIGHT, most: MOST_HEIGHT } = heights;

export const { widest: WIDEST, narrow: NARROW, row: ROW, label: LABEL, ruler: RULER } = columns;
export const { sentence_gap: SENTENCE_GAP, token_pad: TOKEN_PAD, bold_widens: BOLDER } = columns;
export const { brace_room: BRACE_ROOM, mark_room: MARK_ROOM } = columns;
export const { ink_from_weight: INK_FROM, bold_from_weight: BOLD_FROM } = columns;
export const { reading_target: TARGET_WIDTH } = columns;
export const { squares_from: SQUARES_FROM, beside: BESIDE_STRIPS, faint: FAINT } = strips;
export const { thinnest: THINNEST, solid_from: SOLID_FROM } = strips;
export const { faint_opacity: FAINT_OPACITY } = strips;
export const { square_room: SQUARE_ROOM, bar_room: BAR_ROOM } = strips;

export const { levels: LEVELS, thin_levels: THIN_LEVELS, width: LINK_WIDTH } = links;
export const { strongest: STRONGEST, neutral: NEUTRAL, special: SPECIAL_FADE } = links;
export const { tinted_from: TINTED_FROM, coloured_from: COLOURED_FROM, half_tint: HALF } = links;
export const { strand_from: STRAND_FROM, strand: STRAND, bend: BEND, a_row: LINKS_A_ROW } = links;

export const { left: LEFT, top: TOP, right: RIGHT, label: LABEL_HEIGHT } = overview;
export const { label_from: LABELLED_FROM, pitch: PITCH, panel: PANEL_WIDTH } = overview;
export const { panel_gap: PANEL_GAP, turned_gains: TURNED_GAINS } = overview;
export const { pitch: MAP_PITCH, value_from: VALUE_FROM, beside_from: BESIDE_FROM } = map;
export const { strongest: STRONGEST_HEADS, bar: MAP_BAR, below: MAP_BELOW } = map;
export const { gaps: GAPS } = overview;
export const { clear_place: CLEAR_PLACE, clear_special: CLEAR_SPECIAL } = patterns;
export const { at_least: CLEAR_AT_ALL, broad: BROAD } = patterns;

export const { narrow: NARROW_MATRIX, panel_from: PANEL_FROM, panel: PANEL } = matrix;
export const { bars: BARS, bar_height: BAR_HEIGHT, gaps_from: GAPS_FROM } = matrix;
export const { fewer_bars: FEWER_BARS, both: BOTH, both_gap: BOTH_GAP } = matrix;
export const { both_title: BOTH_TITLE } = matrix;
export const { hatch_from: HATCH_FROM, largest_cell: LARGEST_CELL } = matrix;
export const { special_column: SPECIAL_COLUMN, special_share: SPECIAL_SHARE } = matrix;
export const { label_line: LABEL_LINE, label_rises: LABEL_RISES } = matrix;
export const { label: MATRIX_LABEL } = matrix;

export const { head: HEAD, number: NUMBER, row: NEURON_ROW, dimension: DIMENSION } = neuron;
export const { widest: WIDEST_NEURON, wide_from: WIDE_NEURON, link_from: LINK_FROM } = neuron;
export const { within: WITHIN, sample: SAMPLE, softmax_differs: DIFFERS } = neuron;
export const { columns: NEURON_COLUMNS, link: NEURON_LINK } = neuron;

export const {
  places: PLACES,
  axes: AXES,
  overview: OVERVIEW_WORDS,
  links: LINK_WORDS,
  pair: PAIR_WORDS,
  signed: SIGNED_WORDS,
  switches: SWITCH_WORDS,
  received: RECEIVED,
  attends: ATTENDS,
  gets: GETS,
} = words;
export const { heads: HEADS_REST, neuron: NEURON_REST } = words.rest;
