/** Numbers and formulas as they are shown. Formatting only: every number comes from the engine. */

export const MINUS = "\u2212";
const THIN = "\u202f";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** @param {string} text */
const realMinus = (text) => text.replace(/-/g, MINUS);

/**
 * The wire writes non-finite numbers as strings.
 * @param {unknown} value
 * @returns {number | null}
 */
export function toNumber(value) {
  if (typeof value === "number") return value;
  if (value === "NaN") return NaN;
  if (value === "Infinity") return Infinity;
  if (value === "-Infinity") return -Infinity;
  return null;
}

/** @param {number} value */
function exceptional(value) {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "∞" : `${MINUS}∞`;
}

/** @param {number} exponent */
export function superscript(exponent) {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return (exponent < 0 ? "⁻" : "") + digits;
}

/** @param {number} index */
export function subscript(index) {
  return [...String(index)].map((digit) => SUBSCRIPTS[Number(digit)]).join("");
}

/**
 * So many significant digits, fixed width for like magnitudes, a real minus sign: −1.284, 0.0247, 3.1·10⁻⁹.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 * @param {number} [small]  below this a power of ten is written
 */
export function formatNumber(value, digits = 4, small = 1e-4) {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return exceptional(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < small || size >= 1e6) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return `${realMinus(mantissa)}·10${superscript(Number(exponent))}`;
  }
  const text = value.toPrecision(digits);
  return realMinus(text.includes("e") ? String(Math.round(value)) : text);
}

/**
 * The full double, as short as it can be told apart.
 * @param {number | null | undefined} value
 */
export function formatExact(value) {
  if (value === null || value === undefined) return "–";
  return Number.isFinite(value) ? realMinus(String(value)) : exceptional(value);
}

/**
 * The engine's words as they are shown: its numbers with a real minus sign and a power of ten, 1.2e-05 as 1.2·10⁻⁵.
 * @param {string} text
 */
export function typeset(text) {
  return text
    .replace(
      /(\d)e([+-]?)0*(\d+)/g,
      (_, digit, sign, power) => `${digit}·10${superscript(Number(sign === "-" ? `-${power}` : power))}`,
    )
    .replace(/(^|[\s(\[,=])-(?=[\d.]|inf)/g, `$1${MINUS}`);
}

/**
 * A whole number in groups of three: 1 000 000.
 * @param {number} value
 */
export function formatCount(value) {
  return realMinus(String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, THIN));
}

/**
 * A share as a percentage: 98.4 %.
 * @param {number | null | undefined} value
 * @param {number} [decimals]
 */
export function formatPercent(value, decimals = 1) {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return exceptional(value);
  return `${realMinus((value * 100).toFixed(value === 1 ? 0 : decimals))}${THIN}%`;
}

/**
 * A setting's value as a person would type it: 0.01, 1e−8.
 * @param {unknown} value
 */
export function formatSetting(value) {
  if (typeof value !== "number") return String(value ?? "");
  const text = String(value);
  return realMinus(text.length > 7 && Math.abs(value) >= 1e6 ? value.toExponential().replace("+", "") : text);
}

/**
 * What a person typed, as a number; null where it is none.
 * @param {string} text
 * @returns {number | null}
 */
export function parseSetting(text) {
  const plain = text
    .trim()
    .replaceAll(MINUS, "-")
    .replaceAll(",", ".")
    .replace(/[\s\u202f]/g, "");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  return Number(plain);
}

/**
 * At most `count` round numbers between two ends, for an axis.
 * @param {number} low
 * @param {number} high
 * @param {number} [count]
 */
export function ticks(low, high, count = 6) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= count) ?? 10 * power;
  const values = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++)
    values.push(Number((k * step).toPrecision(12)));
  return values;
}

const MATHML = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = new Set(
  (
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover munderover " +
    "mtable mtr mtd mmultiscripts mprescripts semantics"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "display displaystyle scriptlevel mathvariant stretchy fence separator form largeop movablelimits accent accentunder lspace rspace " +
    "width height depth columnalign rowspacing columnspacing linethickness minsize maxsize symmetric"
  ).split(" "),
);

/**
 * A row's MathML as an element, built anew from known elements and attributes only: markup from elsewhere is never inserted
 * as it is.
 * @param {string} markup
 * @returns {Element | null}
 */
export function mathElement(markup) {
  const root = new DOMParser().parseFromString(markup, "application/xml").documentElement;
  if (!root || root.localName !== "math") return null;
  /** @param {Element} source @returns {Element | null} */
  const copy = (source) => {
    if (!ELEMENTS.has(source.localName)) return null;
    const target = document.createElementNS(MATHML, source.localName);
    for (const { name, value } of source.attributes) if (ATTRIBUTES.has(name)) target.setAttribute(name, value);
    for (const child of source.childNodes) {
      if (child instanceof Element) {
        const inner = copy(child);
        if (inner) target.append(inner);
      } else if (child.nodeType === Node.TEXT_NODE) target.append(child.nodeValue ?? "");
    }
    return target;
  };
  return copy(root);
}
