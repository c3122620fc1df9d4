/** What `bertviz_plus/design.json` says to the masked-word view. */

import design from "../../../bertviz_plus/design.json" with { type: "json" };

const { words, columns, lens } = design.masked;

export const { narrow: NARROW, height: HEIGHT } = design.masked;

export const { size: WORD_SIZE, narrow_size: NARROW_SIZE, line: LINE, padding: PADDING } = words;
export const { gap: GAP, least: LEAST, mask_padding: MASK_PADDING, longest: LONGEST } = words;
export const { bars: BARS, bar: BAR, bar_width: BAR_WIDTH, between: BETWEEN } = words;
export const COLUMNS = columns;
export const LENS = lens;
export const { masked: WORDS } = design.words;
/** @type {Record<string, string>} */
export const METHODS = design.words.attribution;
