/** As much of Plotly as the page uses. The figures themselves are made by `server.figures` and `server.race.figures`. */

export interface PlotlyApi {
  react(place: HTMLElement, data: Trace[], layout: Layout, config: Config): Promise<void>;
  Plots: { resize(place: HTMLElement): void };
  toImage(place: HTMLElement, options: { format: "png"; width: number; height: number; scale: number }): Promise<string>;
}

/** An element that a figure was drawn into. */
export interface PlotlyPlace extends HTMLElement {
  layout: Layout;
  on(event: "plotly_relayout", done: () => void): void;
}

export type Config = Record<string, boolean | number | string>;

export interface ThemedFigure {
  light: Figure;
  dark: Figure;
  config: Config;
}

export interface Figure {
  data: Trace[];
  layout: Layout;
}

export type Values = ArrayLike<number | null> & Iterable<number | null>;

export interface Trace {
  uid: string;
  type?: string;
  name?: string;
  /** `series`: the column of the recorded series that it shows */
  meta?: { series: string; split: string };
  x?: Values;
  y?: Values;
  z?: Values | ArrayLike<number>[];
  zmin?: number;
  zmax?: number;
  mode?: string;
  line?: Line;
  marker?: {
    size?: number;
    color?: string | string[];
    symbol?: string;
    line?: Line;
    pattern?: { shape: string; fgcolor: string; size: number };
  };
  contours?: { coloring?: string; start?: number; end?: number; size?: number };
  autocontour?: boolean;
  opacity?: number;
  visible?: boolean;
  showlegend?: boolean;
  hovertemplate?: string;
  hoverinfo?: string;
  text?: string[] | string[][];
  texttemplate?: string;
  textfont?: { size?: number };
  fill?: string;
  fillcolor?: string;
  connectgaps?: boolean;
  error_y?: ErrorBars;
  width?: number;
  colorscale?: [number, string][];
  showscale?: boolean;
  colorbar?: ColorBar;
  xgap?: number;
  ygap?: number;
  zmid?: number;
  hoverongaps?: boolean;
}

/** Whiskers. */
export interface ErrorBars {
  type: "data";
  symmetric: boolean;
  array: (number | null)[];
  arrayminus: (number | null)[];
  color: string;
  thickness: number;
  width: number;
}

export interface ColorBar {
  title: { text: string; side: string; font: Font };
  thickness: number;
  len: number;
  outlinewidth: number;
  tickfont: Font;
  tickvals?: number[];
  ticktext?: string[];
  xpad: number;
}

export interface Line {
  color?: string;
  width?: number;
  dash?: string;
  shape?: string;
}

export interface Font {
  family?: string;
  size: number;
  color: string;
}

export interface Margin {
  l: number;
  r: number;
  t: number;
  b: number;
}

export interface Axis {
  type?: string;
  title: { text?: string; font: Font; standoff?: number };
  tickfont: Font;
  nticks: number;
  range?: number[];
  dtick?: number | string;
  tickmode?: "linear" | "array";
  tick0?: number;
  tickformat?: string;
  tickvals?: number[];
  ticktext?: string[];
  gridcolor?: string;
  linecolor?: string;
  showline?: boolean;
  showgrid?: boolean;
  zeroline?: boolean;
  ticks?: string;
  tickangle?: number;
  exponentformat?: string;
  automargin?: boolean;
  fixedrange?: boolean;
}

export interface Annotation {
  x: number;
  y: number;
  text: string;
  xref?: string;
  yref?: string;
  xanchor?: string;
  yanchor?: string;
  xshift?: number;
  yshift?: number;
  showarrow: boolean;
  bgcolor?: string;
  font?: { color?: string; size?: number };
  align?: string;
}

export interface Shape {
  type: "line";
  xref: string;
  yref: string;
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  line: Line;
}

export interface Layout {
  font: Font;
  margin: Margin;
  xaxis: Axis;
  yaxis: Axis;
  width?: number;
  height?: number;
  uirevision?: string;
  annotations?: Annotation[];
  shapes?: Shape[];
  template?: Record<string, never>;
  paper_bgcolor?: string;
  plot_bgcolor?: string;
  showlegend?: boolean;
  hovermode?: string;
  hoverlabel?: { bgcolor: string; bordercolor: string; font: Font };
  barmode?: string;
  bargap?: number;
}
