/** @typedef {import("../views/attention/types.js").Theme} Theme */
/** @typedef {import("../views/attention/types.js").RGB} RGB */

/**
 * Paper, the weight ramp where √weight is ⅛ … 1, ink, soft, hairline, the blue and the orange side of
 * signed values, missing, and the sixteen heads.
 */
const COLOURS = {
  light:
    "ffffffd9e9fda0c4f779a5ec5986db4067c2324d9a27356b19203f1b1f275f6773dfe3e82166c4c2560ae8b59a2678f2862404a594024a40acba4b5d73147408a67f02532e8e86c8556926ad45bf028583824261b777520c67918b7500",
  dark: "1111111b22322b406a3a5b964c78bc6697db8cb7edbcd6f4e9f5ffeceff4a3acb931363d64a8f5ffa24c7a4a3071bafcca7c52fee657bacbfffe8a88b07fad40e5c4b2faae9388fec2ce2fcea4ce85fbffe35d88f7bc934b9bd2c99e18",
};

/** What hosts call their paper. */
const NAMED = ["--jp-layout-color0", "--vscode-editor-background"];

/** A paper under this luminance is dark. */
const DARK_UNDER = 0.45;

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
  const host = hostPaper(root, style) ?? colours("light")[0];
  const hostIsDark = luminance(host) < DARK_UNDER;
  const dark = wish === "auto" ? hostIsDark : wish === "dark";
  const scheme = dark ? "dark" : "light";
  const paper = dark === hostIsDark ? host : colours(scheme)[0];
  root.style.setProperty("--bvp-paper", css(paper));
  root.style.colorScheme = scheme;
  return makeTheme(dark, paper, style.fontFamily);
}

/**
 * @param {HTMLElement} root
 * @param {CSSStyleDeclaration} style
 * @returns {RGB | null} What lies under the view, where the host does not name its paper.
 */
function hostPaper(root, style) {
  const isNamed = NAMED.some((name) => style.getPropertyValue(name));
  for (let at = isNamed ? null : above(root); at; at = above(at)) {
    const colour = resolve(getComputedStyle(at).backgroundColor);
    if (colour) return colour;
  }
  return resolve(style.backgroundColor);
}

/** @param {Element} node */
function above(node) {
  const root = node.getRootNode();
  return node.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}

/**
 * @param {boolean} dark
 * @param {RGB} paper
 * @param {string} font
 * @returns {Theme}
 */
export function makeTheme(dark, paper, font) {
  const all = colours(dark ? "dark" : "light");
  const [ink, soft, hair, negative, positive, missing, ...heads] = all.slice(9);
  const rampRgb = [...weightRamp([paper, ...all.slice(1, 9)]), missing];
  const headCss = heads.map((colour) => css(colour));
  const ramp = Uint32Array.from(rampRgb, littleEndian);
  return { dark, paper, ink, soft, hair, heads, headCss, ramp, rampRgb, negative, positive, font };
}

/**
 * @param {RGB[]} stops
 * @returns {RGB[]} One colour for each of the codes 0 … 254.
 */
function weightRamp(stops) {
  return Array.from({ length: 255 }, (_, code) => {
    const place = Math.sqrt(code / 254) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(place));
    return mix(stops[below], stops[below + 1], place - below);
  });
}

/**
 * Calls back when the host may have changed its colours.
 *
 * @param {() => void} changed
 * @returns {() => void} Stops it.
 */
export function followHost(changed) {
  const observer = new MutationObserver(changed);
  const attributeFilter = ["class", "style", "theme", "data-theme", "data-jp-theme-light"];
  for (const target of [document.documentElement, document.body])
    observer.observe(target, { attributes: true, attributeFilter });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", changed);
  };
}

/** @type {CanvasRenderingContext2D | null} */
let dot = null;

/**
 * Paints a colour to learn it: hosts write colours in more ways than are worth parsing.
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
 * @param {keyof typeof COLOURS} scheme
 * @returns {RGB[]}
 */
function colours(scheme) {
  return Array.from(COLOURS[scheme].matchAll(/.{6}/g), ([digits]) => {
    const value = Number.parseInt(digits, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  });
}

/** @param {RGB} colour */
function littleEndian([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * @param {RGB} colour
 * @param {number} [alpha]
 * @returns {string}
 */
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
