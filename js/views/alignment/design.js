/** What `bertviz_plus/design.json` says to the alignment view. */

import design from "../../../bertviz_plus/design.json" with { type: "json" };

const { words, lines, bands, columns, links, map, matrix } = design.alignment;

export const { narrow: NARROW, height: HEIGHT, stable_layers: STABLE } = design.alignment;

export const { size: WORD_SIZE, narrow_size: NARROW_SIZE } = words;
export const { padding: PADDING, longest: LONGEST_WORD } = words;
export const { line: LINE, margin: MARGIN, gap: GAP, word_gap: WORD_GAP, link_end: END } = lines;
export const { wish: WISH, loose: LOOSE } = lines;
export const { line: BAND_LINE, gap: BAND_GAP, word_gap: BAND_WORD_GAP } = bands;
export const { wish: BAND_WISH } = bands;
export const { between: BETWEEN, space: SPACE, slack: SLACK, most: MOST, more: MORE } = bands;
export const { across: ACROSS, cut: CUT, after_stop: AFTER_STOP, uneven: UNEVEN } = bands;
export const { row: COLUMN_ROW, room: ROOM, left: LEFT, right: RIGHT } = columns;

export const { opacity: OPACITY, width: LINK_WIDTH } = links;
export const { least_rise: LEAST_RISE, bend: BEND } = links;
export const { crowd: CROWD, crowd_opacity: CROWD_OPACITY, ends: ENDS, ring: RING } = links;
export const { extra: EXTRA, missed: MISSED, unlinked: UNLINKED, hint: HINT, mark: MARK } = links;
export const { cell: MATRIX_CELL, widest: WIDEST_CELL, spaced_from: SPACED } = matrix;
export const { label: MATRIX_LABEL, turned: TURNED, angle: ANGLE } = matrix;
export const { overhang: OVERHANG, strength: STRENGTH } = matrix;

export const { label: LABEL, narrow_label: NARROW_LABEL, cell: CELL, row: ROW } = map;
export const { few_rows: FEW_ROWS, palest: PALEST, range: RANGE, worst: WORST } = map;
export const { ties: TIES, light_from_luminance: LIGHT, numbers_from: NUMBERED } = map;
export const { aside: ASIDE } = map;

export const { verdicts: VERDICTS, alignment: SAYS } = design.words;
export const { ink: DARK_INK, paper: LIGHT_INK } = design.palette.light;
