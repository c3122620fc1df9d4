/**
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").Mode} Mode
 * @typedef {import("./types.js").ModeView} ModeView
 */

import { heads } from "./heads.js";
import { matrix } from "./matrix.js";
import { neuron } from "./neuron.js";
import { overview } from "./overview.js";

/** @type {Record<Mode, (frame: Frame) => ModeView>} */
export const modes = { heads, overview, matrix, neuron };
