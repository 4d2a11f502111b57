/** What `h` and `s` (dom.js) take beside a tag: attributes, listeners, and the groups `data` and `aria`. */

/** null, undefined and false leave it out; true is the attribute without a value. */
export type Attribute = string | number | boolean | null | undefined;

type Listeners<Map> = { [K in keyof Map & string as `on${K}`]?: ((event: Map[K]) => void) | null | false };

interface Groups {
  data?: Record<string, unknown>;
  aria?: Record<string, Attribute>;
  [name: `aria-${string}`]: Attribute;
  [name: `data-${string}`]: Attribute;
}

type Attributes<Name extends string> = { [name in Name]?: Attribute };

export type HtmlProperties = Listeners<HTMLElementEventMap> & Groups & Attributes<HtmlAttribute>;
export type SvgProperties = Listeners<SVGElementEventMap> & Groups & Attributes<SvgAttribute>;

type HtmlAttribute =
  | "accept"
  | "autocapitalize"
  | "autocomplete"
  | "checked"
  | "class"
  | "colspan"
  | "disabled"
  | "for"
  | "height"
  | "hidden"
  | "href"
  | "id"
  | "enterkeyhint"
  | "inputmode"
  | "max"
  | "maxlength"
  | "min"
  | "name"
  | "novalidate"
  | "placeholder"
  | "readonly"
  | "rel"
  | "role"
  | "rows"
  | "scope"
  | "selected"
  | "spellcheck"
  | "step"
  | "style"
  | "tabindex"
  | "target"
  | "title"
  | "type"
  | "value"
  | "width";

type SvgAttribute =
  | "x1"
  | "x2"
  | "y1"
  | "y2"
  | "transform"
  | "class"
  | "cx"
  | "cy"
  | "d"
  | "dominant-baseline"
  | "dy"
  | "fill"
  | "height"
  | "id"
  | "pathLength"
  | "preserveAspectRatio"
  | "r"
  | "role"
  | "rx"
  | "stroke"
  | "stroke-opacity"
  | "stroke-width"
  | "style"
  | "tabindex"
  | "text-anchor"
  | "viewBox"
  | "visibility"
  | "width"
  | "x"
  | "y";
