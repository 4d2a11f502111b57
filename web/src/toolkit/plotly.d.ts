/** As much of Plotly as the page uses. The figures themselves are made by `server.figures` and `server.race.figures`. */

export interface PlotlyApi {
  react(place: HTMLElement, data: Trace[], layout: Layout, config: Config): Promise<void>;
  Plots: { resize(place: HTMLElement): void };
  toImage(place: HTMLElement, options: { format: "png"; width: number; height: number; scale: number }): Promise<string>;
}

/** An element that holds a plot: what it shows now, and its events. */
export interface PlotElement extends HTMLElement {
  layout: { xaxis: { range: [number, number] }; yaxis: { range: [number, number] }; margin: Margin };
  on(event: "plotly_relayouting" | "plotly_relayout", listener: (moved: Relayout) => void): void;
  on(event: "plotly_doubleclick", listener: () => void): void;
}

/** What a gesture changed: "xaxis.range[0]" and its like. */
export type Relayout = Record<string, number>;

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
  cmin?: number;
  cmax?: number;
  surfacecolor?: ArrayLike<number>[];
  mode?: string;
  line?: Line;
  marker?: { size?: number; color?: string | string[]; symbol?: string; line?: Line };
  contours?: { coloring?: string; start?: number; end?: number; size?: number };
  autocontour?: boolean;
  opacity?: number;
  visible?: boolean;
  showlegend?: boolean;
  hovertemplate?: string;
}

export interface Line {
  color?: string;
  width?: number;
  dash?: string;
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
  tickvals?: number[];
  ticktext?: string[];
}

export interface SceneAxis {
  title: { text: string };
  tickfont?: Font;
  range?: number[];
}

export interface Scene {
  xaxis: SceneAxis;
  yaxis: SceneAxis;
  zaxis: SceneAxis;
  uirevision?: string;
  camera?: { eye: { x: number; y: number; z: number } };
  aspectmode?: string;
  aspectratio?: { x: number; y: number; z: number };
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
  font?: { color?: string; size?: number };
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
  /** of a figure in three dimensions */
  scene?: Scene;
  width?: number;
  height?: number;
  uirevision?: string;
  annotations?: Annotation[];
  shapes?: Shape[];
}
