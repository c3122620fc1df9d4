/** How a language is called, and in which fonts its letters look as they do at home. */

/** @type {Intl.DisplayNames | null} */
let names = null;

/** @param {string} code @returns {string} */
export function languageName(code) {
  try {
    names ??= new Intl.DisplayNames(["en"], { type: "language" });
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** @type {[RegExp, string][]} */
const SCRIPTS = [
  [/[\u3040-\u30ff]/, "ja"],
  [/[\uac00-\ud7af]/, "ko"],
  [/[\u4e00-\u9fff]/, "zh"],
  [/[\u0600-\u06ff]/, "ar"],
  [/[\u0590-\u05ff]/, "he"],
  [/[\u0900-\u097f]/, "hi"],
];

/** After the page's own font, which has the Latin letters. */
/** @type {Record<string, string>} */
const FONTS = {
  ja: '"Hiragino Sans","Noto Sans CJK JP","Yu Gothic"',
  zh: '"PingFang SC","Noto Sans CJK SC","Microsoft YaHei"',
  ko: '"Apple SD Gothic Neo","Noto Sans CJK KR","Malgun Gothic"',
  ar: '"Geeza Pro","Noto Naskh Arabic","Segoe UI"',
  hi: '"Kohinoor Devanagari","Noto Sans Devanagari","Nirmala UI"',
};

/** Letters that are smaller than Latin ones in the same size. */
const SMALL = new Set(["ar", "fa", "ur", "hi"]);

/**
 * @param {string | undefined} code As given.
 * @param {string[]} words
 * @returns {string} The language, by its letters where nobody said; "" where these do not tell.
 */
export function languageOf(code, words) {
  if (code) return code;
  const text = words.join("");
  return SCRIPTS.find(([letters]) => letters.test(text))?.[1] ?? "";
}

/**
 * @param {string} language
 * @param {string} family The page's.
 * @param {number} pixels
 * @returns {{ family: string, pixels: number }}
 */
export function fontOf(language, family, pixels) {
  const base = language.toLowerCase().split(/[-_]/)[0];
  const own = FONTS[base] ?? (base === "fa" || base === "ur" ? FONTS.ar : "");
  return {
    family: own ? `${family},${own}` : family,
    pixels: SMALL.has(base) ? pixels + 2 : pixels,
  };
}
