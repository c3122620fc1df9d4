/** What `bertviz_plus/design.json` says to the alignment view. */

import design from "../../../bertviz_plus/design.json" with { type: "json" };

const { words, lines, bands, columns, links, map } = design.alignment;

export const { narrow: NARROW, height: HEIGHT, stable_layers: STABLE } = design.alignment;

export const { size: WORD_SIZE, narrow_size: NARROW_SIZE } = words;
export const { padding: PADDING, longest: LONGEST_WORD } = words;
export const { line: LINE, margin: MARGIN, gap: GAP, word_gap: WORD_GAP, link_end: END } = lines;
export const { line: BAND_LINE, gap: BAND_GAP, word_gap: BAND_WORD_GAP } = bands;
export const { between: BETWEEN, space: SPACE, slack: SLACK, most: MOST, more: MORE } = bands;
export const { across: ACROSS, cut: CUT, after_stop: AFTER_STOP, uneven: UNEVEN } = bands;
export const { row: COLUMN_ROW, room: ROOM, left: LEFT, right: RIGHT } = columns;

export const { opacity: OPACITY, width: LINK_WIDTH } = links;
export const { least_rise: LEAST_RISE, crowd: CROWD } = links;

export const { label: LABEL, narrow_label: NARROW_LABEL, cell: CELL, row: ROW } = map;
export const { few_rows: FEW_ROWS, palest: PALEST, range: RANGE, worst: WORST } = map;
export const { ties: TIES, light_from_luminance: LIGHT, numbers_from: NUMBERED } = map;
export const { aside: ASIDE } = map;

export const { verdicts: VERDICTS } = design.words;
export const { ink: DARK_INK, paper: LIGHT_INK } = design.palette.light;
