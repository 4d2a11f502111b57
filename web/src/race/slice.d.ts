/** What the Race room adds to what the page holds, to the channels, and to the answers of commands. */

import type { Dissection, Scripted, TextFile } from "../commands.js";
import type {
  NetworkStanding,
  NetworkSurface,
  NetworkTrajectories,
  RaceCurvature,
  RaceArrow,
  RaceOutcome,
  RacePoint,
  RaceStanding,
  RaceSurface,
  TrailPart,
} from "./channels.js";
import type { NetworkClock, NetworkInfo, NetworkLook } from "./network/types.js";
import type { StudyFrame, Studies } from "./studies/studies.js";
import type { RaceClock, RaceInfo, RaceLook, RaceUpdate, Trails } from "./types.js";

declare module "../types.js" {
  interface AppState {
    race: RaceInfo | null;
    raceClock: RaceClock | null;
    trails: Trails | null;
    raceLook: RaceLook;
    raceUpdate: RaceUpdate;
    network: NetworkInfo | null;
    networkClock: NetworkClock | null;
    networkLook: NetworkLook;
    /** the newest of each kind */
    studies: Studies;
  }
}

declare module "../channels.js" {
  interface Metas {
    race_surface: RaceSurface;
    race_trails: { lanes: TrailPart[]; more: boolean; change: number; surface: number };
    race_standings: { lanes: RaceStanding[]; threshold: number; minimum_known: boolean; change: number };
    race_point: RacePoint;
    race_arrows: { lane: number; arrows: RaceArrow[]; why: string | null; change: number };
    race_fan: { lane: number | null; change: number };
    race_outcome: RaceOutcome;
    race_curvature: RaceCurvature;
    race_evaluations: { lanes: { id: number; count: number }[]; change: number };
    network_ways: NetworkTrajectories;
    network_standings: { lanes: NetworkStanding[]; threshold: number; change: number };
    network_curves: { lanes: number[]; change: number };
    network_maps: { lanes: number[]; classes: boolean; change: number };
    network_outcome: RaceOutcome;
    network_surface: NetworkSurface;
  }
  interface OtherFrames {
    study: StudyFrame;
  }
}

declare module "../commands.js" {
  interface Results {
    race_share: Scripted;
    network_share: Scripted;
    network_open: Scripted;
    race_export: TextFile;
    network_export: TextFile;
    race_lane_add: LaneMade | undefined;
    race_lane_duplicate: LaneMade | undefined;
    network_lane_add: LaneMade | undefined;
    network_lane_duplicate: LaneMade | undefined;
    race_dissect: Dissection;
  }
}

interface LaneMade {
  lane: number;
}
