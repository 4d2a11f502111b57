/**
 * What the page holds. Types only: nothing here runs. What comes over the wire is told by `protocol.d.ts`, generated from
 * `/api/protocol`, and where that leaves it open, by `commands.d.ts` and `channels.d.ts`; the rows by `catalog.d.ts`.
 *
 * @typedef {import("./catalog.js").Kind} Kind
 * @typedef {import("./catalog.js").Task} Task
 * @typedef {import("./catalog.js").Catalog} Catalog
 * @typedef {import("./catalog.js").DatasetRow} DatasetRow
 * @typedef {import("./catalog.js").OptimizerRow} OptimizerRow
 * @typedef {import("./catalog.js").Parameter} Parameter
 * @typedef {import("./channels.js").Channel} Channel
 * @typedef {import("./channels.js").Frame} Frame
 * @typedef {import("./channels.js").NamedArray} NamedArray
 *
 * @typedef {import("./protocol.js").RunSpec} Spec
 * @typedef {import("./protocol.js").LayerSpec} Layer
 * @typedef {import("./protocol.js").Speed} Speed
 * @typedef {import("./protocol.js").RunInfo} RunInfo
 * @typedef {import("./protocol.js").State} Clock  where the session stands
 * @typedef {Omit<import("./protocol.js").ScriptInfo, "spec"> & {spec: Spec}} Script  with the samples of own data, which the run has
 * @typedef {import("./protocol.js").Attached} Attached
 * @typedef {import("./protocol.js").Loaded} Loaded
 * @typedef {import("./protocol.js").Trial} Trial  how far the finder or the check is
 * @typedef {import("./protocol.js").ErrorEvent} Refusal  nothing changed, the session goes on
 *
 * @typedef {"train" | "step" | "race"} RoomName
 *
 * A room of the page: what lies between bar and transport, the transport it is driven by, what it watches, and its own keys.
 * Only the room that one is in is updated.
 * @typedef {object} Room
 * @property {RoomName} name
 * @property {string} title
 * @property {View} view
 * @property {View} transport
 * @property {HTMLElement[]} tools  in the bar, while one is in the room
 * @property {(state: AppState) => Channel[]} channels  what is watched
 * @property {(state: AppState) => string} subject  what is being run, in words
 * @property {Record<string, () => void>} keys  that move the transport, and the room's own; the page adds those that are the same everywhere
 * @property {() => boolean} leave  Escape: closes what was opened last in the room; false where nothing was open
 * @property {{keys: [string[], string][], words: string[]}} help
 * @property {() => void} [arrive]  when one comes in
 *
 * @typedef {"weights" | "gradients" | "updates"} EdgesShow
 * @typedef {"map" | "delta" | "sample"} UnitsShow
 */

/**
 * What a trial gave, or why it gave nothing.
 * @template Result
 * @typedef {object} Tested
 * @property {number} run
 * @property {number} step  where the run stood
 * @property {Result | null} result
 * @property {{field: string | null, message: string} | null} refusal
 */

/**
 * @typedef {object} Connection
 * @property {"connecting" | "open" | "lost" | "superseded"} status
 * @property {number | null} retryAt  when the next attempt is due (ms)
 * @property {"restart" | "behind" | "moved" | "full" | "refused" | null} reason  why the line is lost, where the server said so
 * @property {string} words  of the server, where it turned the page away: how many it takes, or why
 *
 * @typedef {object} Notice  One quiet line about what just happened.
 * @property {"info" | "error"} kind
 * @property {string} text
 * @property {boolean} [undo]  offers to take back the edit it tells of
 *
 * @typedef {object} SeriesData  Recorded series of the present branch.
 * @property {number} run
 * @property {number} length
 * @property {Record<string, Float64Array>} columns  each `length` long
 *
 * @typedef {object} Compared  A saved run or another branch, drawn dashed behind the curves.
 * @property {string} id
 * @property {string} name
 * @property {Record<string, (number | null)[]>} columns  a recorded series, thinned
 * @property {Record<string, number | null>} final  the scores it ended with, and at which step
 *
 * @typedef {object} Followed  The sample that is followed through the network.
 * @property {import("./channels.js").Split} split
 * @property {number} index  counted from 0
 *
 * @typedef {object} Future  What a run was before a change in its past: recorded series from the fork on.
 * @property {number} branch
 * @property {number} fork  the step of the change
 * @property {Record<string, (number | null)[]>} columns
 *
 * @typedef {"settings" | "network" | "output"} Page
 *
 * @typedef {object} AppState
 * @property {Connection} connection
 * @property {number} attachments  how often the page has come to a session: what the server keeps for each line is asked for anew
 * @property {boolean} slow  the server sends fewer pictures, since the page or its line does not keep up
 * @property {Catalog | null} catalog
 * @property {Figures | null} figures
 * @property {import("./protocol.js").WarmUp | null} warmup
 * @property {RunInfo | null} run
 * @property {Clock | null} clock
 * @property {Script | null} script
 * @property {string[]} earlier  scripts of the runs before this one, the newest last: undo goes back to them
 * @property {import("./channels.js").Frames} frames  the newest of each channel
 * @property {SeriesData | null} series
 * @property {Record<string, string>} errors  by dotted path of the field
 * @property {Notice | null} notice
 * @property {"light" | "dark"} theme
 * @property {boolean} projector  larger type, settings folded away
 * @property {File | null} table  a file that is offered to be trained on
 * @property {boolean} drawing  whether the output's plane is drawn on
 * @property {RoomName} room  where one is
 * @property {RoomName | null} cameFrom  the room that Escape goes back to
 * @property {Page} page  which of the three pages a narrow screen shows
 * @property {"loss" | "accuracy"} curve
 * @property {Compared | null} compared
 * @property {Future[]} futures  drawn faint behind the curves
 * @property {boolean} withoutFutures  they are hidden
 * @property {Followed | null} followed  its activations stand in the units while they show "sample"
 * @property {boolean} linear  the loss on a linear axis instead of a logarithmic one
 * @property {EdgesShow} edges  what the diagram's connections show
 * @property {UnitsShow} units  what its units show
 * @property {{edges: number, units: number}} looks  how often each was chosen: choosing it again fits its scale anew
 * @property {number | null} spread  the layer whose weights are counted; null: none are
 * @property {number | null} opened  the hidden layer whose settings are open, from 1
 *
 * @property {boolean} diagnosis  whether the findings are told in full
 * @property {Pointed | null} pointed  what the diagram marks, since something speaks of it
 * @property {Trial | null} trial  the trial under way
 * @property {Tested<import("./commands.js").RateTest> | null} rateTest
 * @property {Tested<import("./commands.js").GradientReport> | null} gradientCheck
 * @property {import("./step/types.js").StepState} step  the microscope
 * @property {import("./step/panels/types.js").Panels} panels  beside it
 *
 * @property {import("./race/types.js").RaceInfo | null} race
 * @property {import("./race/types.js").RaceClock | null} raceClock
 * @property {import("./race/types.js").Trails | null} trails
 * @property {import("./race/types.js").RaceLook} raceLook
 * @property {import("./race/types.js").RaceAnatomy} raceAnatomy
 * @property {import("./race/network/types.js").NetworkInfo | null} network
 * @property {import("./race/network/types.js").NetworkClock | null} networkClock
 * @property {import("./race/network/types.js").NetworkLook} networkLook
 * @property {import("./race/studies/studies.js").Studies} studies  the newest of each kind
 *
 * @typedef {object} Pointed
 * @property {number} layer  1-based
 * @property {number | null} unit  1-based; null: all of the layer
 *
 * @typedef {object} Figures
 * @property {string} plotly  where plotly.js is served
 * @property {Record<string, import("./toolkit/plotly.js").ThemedFigure>} figures
 *
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {(state: AppState) => void} update
 */

export {};
