/**
 * @typedef {[number, number, number]} RGB
 * @typedef {object} Theme
 * @property {boolean} dark
 * @property {RGB} paper
 * @property {RGB} ink
 * @property {RGB} soft
 * @property {RGB} hair
 * @property {RGB} link Links of an alignment.
 * @property {RGB[]} heads 16 colours, by head modulo 16.
 * @property {string[]} headCss The same as CSS.
 * @property {Uint32Array} ramp Little-endian RGBA by code, even in √weight; the last is a
 *   missing weight's.
 * @property {RGB[]} rampRgb The same as RGB.
 * @property {RGB} negative Blue side of signed values.
 * @property {RGB} positive Orange side.
 * @property {string} font CSS family.
 */

import { COLOURS, DARK_UNDER, ONE } from "./design.js";
import { place } from "./dom.js";

/** How many colours the ramp stops at. */
const STOPS = 9;

/** Names that hosts give their paper. */
const NAMED = ["--jp-layout-color0", "--vscode-editor-background"];

/** @type {RGB} */
const WHITE = [255, 255, 255];

/**
 * Takes paper and font from the host, decides dark or light, and tells the root's style.
 *
 * @param {HTMLElement} root
 * @param {"auto" | "light" | "dark"} wish
 * @returns {Theme}
 */
export function readTheme(root, wish) {
  root.style.removeProperty("--bvp-paper");
  root.style.colorScheme = "";
  const style = getComputedStyle(root);
  const host = hostPaper(root, style);
  // A host that names no paper: the page's own colour tells dark from light.
  const hostIsDark = luminance(host ?? resolve(style.backgroundColor) ?? WHITE) < DARK_UNDER;
  const dark = wish === "auto" ? hostIsDark : wish === "dark";
  const all = colours(dark);
  const paper = (dark === hostIsDark && host) || all[0];
  const [ink, soft, hair, wash, accent] = all.slice(STOPS).map((colour) => css(colour));
  const faint = css(all[STOPS + 9]);
  const named = { paper: css(paper), ink, soft, hair, wash, accent, faint };
  for (const [name, colour] of Object.entries(named)) place(root, { [`--bvp-${name}`]: colour });
  root.style.colorScheme = dark ? "dark" : "light";
  return makeTheme(dark, paper, style.fontFamily);
}

/**
 * @param {HTMLElement} root
 * @param {CSSStyleDeclaration} style
 * @returns {RGB | null} The host's own paper, or the first that lies under the view.
 */
function hostPaper(root, style) {
  if (NAMED.some((name) => style.getPropertyValue(name))) return resolve(style.backgroundColor);
  for (let at = above(root); at; at = above(at)) {
    const colour = resolve(getComputedStyle(at).backgroundColor);
    if (colour) return colour;
  }
  return null;
}

/** @param {Element} node */
function above(node) {
  const root = node.getRootNode();
  return node.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}

/** @param {boolean} dark @param {RGB} paper @param {string} font @returns {Theme} */
export function makeTheme(dark, paper, font) {
  const all = colours(dark);
  const [ink, soft, hair, , , negative, positive, missing, link, , ...heads] = all.slice(STOPS);
  const rampRgb = [...weightRamp([paper, ...all.slice(1, STOPS)]), missing];
  const headCss = heads.map((colour) => css(colour));
  const ramp = Uint32Array.from(rampRgb, littleEndian);
  return {
    ...{ dark, paper, ink, soft, hair, link, heads, headCss },
    ...{ ramp, rampRgb, negative, positive, font },
  };
}

/**
 * @param {RGB[]} stops
 * @returns {RGB[]} One colour for each of the codes 0 … 254.
 */
function weightRamp(stops) {
  return Array.from({ length: ONE + 1 }, (_, code) => {
    const at = Math.sqrt(code / ONE) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(at));
    return mix(stops[below], stops[below + 1], at - below);
  });
}

/**
 * Calls back when the host may have changed its colours: as it says so, and again as the style
 * sheet comes
 * or goes that has them.
 *
 * @param {() => void} changed
 * @returns {() => void} Stops it.
 */
export function followHost(changed) {
  let pending = 0;
  const soon = () => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(changed);
  };
  const observer = new MutationObserver(soon);
  const attributeFilter = ["class", "style", "theme", "data-theme", "data-jp-theme-light"];
  for (const target of [document.documentElement, document.body])
    observer.observe(target, { attributes: true, attributeFilter });
  observer.observe(document.head, { childList: true });
  // A sheet's own event does not rise, and is heard on its way down.
  document.addEventListener("load", soon, true);
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", soon);
  return () => {
    cancelAnimationFrame(pending);
    observer.disconnect();
    document.removeEventListener("load", soon, true);
    system.removeEventListener("change", soon);
  };
}

/** @type {CanvasRenderingContext2D | null} */
let dot = null;

/**
 * Resolves a colour by painting it: hosts write colours in more ways than are worth parsing.
 *
 * @param {string} colour
 * @returns {RGB | null} Null for one that lets most of what lies under it through.
 */
function resolve(colour) {
  dot ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!dot) return null;
  dot.clearRect(0, 0, 1, 1);
  dot.fillStyle = colour;
  dot.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = dot.getImageData(0, 0, 1, 1).data;
  return alpha < 128 ? null : [red, green, blue];
}

/** @param {RGB} colour */
export function luminance([red, green, blue]) {
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/**
 * @param {boolean} dark
 * @returns {RGB[]} As `design.js` lists them.
 */
function colours(dark) {
  return Array.from(COLOURS[dark ? "dark" : "light"].matchAll(/.{6}/g), ([digits]) => {
    const value = Number.parseInt(digits, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  });
}

/** @param {RGB} colour */
function littleEndian([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** @param {RGB} colour @param {number} [alpha] @returns {string} */
export function css([red, green, blue], alpha = 1) {
  return alpha >= 1
    ? `rgb(${red},${green},${blue})`
    : `rgba(${red},${green},${blue},${+alpha.toFixed(3)})`;
}

/**
 * @param {RGB} from
 * @param {RGB} to
 * @param {number} share 0 is `from`, 1 is `to`.
 * @returns {RGB}
 */
export function mix(from, to, share) {
  const at = (/** @type {0 | 1 | 2} */ i) => Math.round(from[i] + (to[i] - from[i]) * share);
  return [at(0), at(1), at(2)];
}
