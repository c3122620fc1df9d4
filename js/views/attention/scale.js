/**
 * What a code of an attention map means: a weight, or a number with a sign.
 *
 * Signed codes are 0 for zero, then odd below and even above, larger the further from zero: what keeps the
 * largest code keeps the number furthest from zero. Their steps are even in the square root.
 *
 * @typedef {object} Scale
 * @property {boolean} signed
 * @property {number} most What the largest code stands for.
 * @property {Float64Array} levels Of each code, in parts of `most` of which there are 254; NaN is missing.
 * @property {(level: number) => number} code
 * @property {(value: number) => string} text
 */

import { MISSING, ONE } from "../../shared/design.js";
import { weightText } from "../../shared/text.js";
import { css, mix } from "../../shared/theme.js";

/** @typedef {import("../../shared/theme.js").Theme} Theme */

const STEPS = ONE / 2;

/** @param {(code: number) => number} level */
const levelsOf = (level) =>
  Float64Array.from({ length: 256 }, (_, code) => (code === MISSING ? Number.NaN : level(code)));

/** @type {Scale} */
export const WEIGHTS = {
  signed: false,
  most: 1,
  levels: levelsOf((code) => code),
  code: (level) => Math.min(ONE, Math.floor(level + 0.5)),
  text: weightText,
};

const SIGNED = levelsOf((code) => (code % 2 ? -1 : 1) * ONE * (((code + 1) >> 1) / STEPS) ** 2);

/** @param {number} [most] None for weights. @returns {Scale} */
export function scaleTo(most) {
  if (!most) return WEIGHTS;
  return {
    signed: true,
    most,
    levels: SIGNED,
    code(level) {
      const step = Math.floor(STEPS * Math.sqrt(Math.min(1, Math.abs(level) / ONE)) + 0.5);
      return 2 * step - (level < 0 && step ? 1 : 0);
    },
    text: signedText,
  };
}

/** @param {Scale} scale @param {number} code @returns {number} */
export const numberOf = ({ levels, most }, code) => (levels[code] / ONE) * most;

/**
 * @param {Scale} scale
 * @param {number} value
 * @returns {number} Its code.
 */
export function codeOf({ code, most }, value) {
  return Number.isNaN(value) ? MISSING : code((value / most) * ONE);
}

/** @param {number} value @returns {string} Two digits. */
export function signedText(value) {
  if (Number.isNaN(value)) return "missing";
  const size = Number(Math.abs(value).toPrecision(2));
  return size ? (value < 0 ? "−" : "+") + String(size).replace("e-", "e−") : "0";
}

/** @param {number} size @returns {string} Without a sign. */
export const sizeText = (size) => signedText(size).replace("+", "");

/** @param {string} text @returns {string} In a cell, without the zero before the point. */
export const inCell = (text) => text.replace(/^([+−]?)0\./, "$1.");

/**
 * @param {number} value
 * @param {number} largest Of its kind: two of its digits say how exactly all are written.
 * @returns {string}
 */
export function numberInCell(value, largest) {
  const places = largest > 0 ? Math.max(0, 1 - Math.floor(Math.log10(largest))) : 0;
  const text = value.toFixed(places);
  return Number(text) ? inCell(text.replace("-", "−")) : "0";
}

/** @type {WeakMap<Theme, { ramp: Uint32Array, rgb: import("../../shared/theme.js").RGB[] }>} */
const made = new WeakMap();

/** @param {Theme} theme @param {Scale} scale @returns {{ ramp: Uint32Array, rgb: import("../../shared/theme.js").RGB[] }} Colours by code. */
export function coloursOf(theme, { signed }) {
  if (!signed) return { ramp: theme.ramp, rgb: theme.rampRgb };
  let known = made.get(theme);
  if (!known) {
    const rgb = theme.rampRgb.map((missing, code) =>
      code === MISSING
        ? missing
        : mix(theme.paper, code % 2 ? theme.negative : theme.positive, ((code + 1) >> 1) / STEPS),
    );
    const ramp = theme.ramp.map((_, code) => {
      const [red, green, blue] = rgb[code];
      return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    });
    known = { ramp, rgb };
    made.set(theme, known);
  }
  return known;
}

/** @param {Theme} theme @param {number} value @returns {string} Of a mark that tells the sign alone. */
export const signColour = (theme, value) => css(value < 0 ? theme.negative : theme.positive);
