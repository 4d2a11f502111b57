/** What the Graph room adds to what the page holds, and to the answers of commands. */

import type { WireNumber } from "../commands.js";

/** `engine.microscope.Graph`, with MathML. */
export interface GraphData {
  text: string;
  inputs: Record<string, WireNumber>;
  nodes: GraphNode[];
  gradient: Record<string, WireNumber>;
  paths: Record<string, { nodes: number[]; product: WireNumber }[]>;
}

export interface GraphNode {
  id: number;
  op: string;
  symbol: string;
  mathml: string;
  text: string;
  value: WireNumber;
  adjoint: WireNumber;
  edges: { source: number; local: WireNumber; rule: string; mathml: string; share: WireNumber }[];
}

export interface ExpressionState {
  /** as it was typed last and is asked for */
  text: string;
  /** of its inputs, as they were typed */
  values: Record<string, string>;
  /** of this very expression, or of other values of its inputs; null where there is none */
  graph: GraphData | null;
  status: "empty" | "loading" | "done" | "refused" | "failed";
  /** why there is none */
  message: string;
  /** how many nodes have computed, or passed back */
  at: number;
  playing: boolean;
}

declare module "../types.js" {
  interface AppState {
    expression: ExpressionState;
  }
}

declare module "../commands.js" {
  interface Results {
    graph: GraphData;
  }
}
