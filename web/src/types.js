/**
 * The shapes of what comes over the wire and of what the page holds. Types only: nothing here runs.
 * The wire's own statement is `/api/protocol`; the rows' is `/api/catalog`.
 *
 * @typedef {"plane" | "line" | "table" | "image"} Kind
 * @typedef {"classification" | "regression"} Task
 * @typedef {"data" | "inputs" | "series" | "parameters" | "gradients" | "updates" | "maps" | "deltas" | "evaluation" | "health" | "weights" | "sample" | "rates" | "flow" | "preactivations" | "findings" | "microscope" | "microstep" | "race_surface" | "race_trails" | "race_standings" | "race_point" | "network_ways" | "network_standings" | "network_curves" | "network_maps" | "network_surface" | "study"} Channel
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
 * @typedef {"paused" | "playing" | "seeking" | "finished" | "stopped"} Status
 *
 * @typedef {object} Parameter  A knob of a row: the form, the range and the words all come from here.
 * @property {string} name
 * @property {string} title
 * @property {string} symbol
 * @property {"float" | "int" | "bool" | "choice" | "pair"} kind
 * @property {number | boolean | string | number[]} default
 * @property {number | null} minimum
 * @property {number | null} maximum
 * @property {boolean} exclusive_minimum
 * @property {boolean} exclusive_maximum
 * @property {"linear" | "log"} scale
 * @property {string[] | null} choices
 * @property {string} summary
 * @property {Parameter[]} parts  of a pair: its two numbers
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} title
 * @property {string} summary
 * @property {string} source
 * @property {string} formula
 * @property {string} mathml
 * @property {Parameter[]} parameters
 * @property {boolean} [hidden]  of an activation: whether a hidden layer may have it
 * @property {boolean} [output]  of an activation: whether the output layer may have it
 * @property {string} [derivative_mathml]
 * @property {string} [delta_mathml]  of a loss, with the output that matches it
 * @property {string} [matched]  of a loss: the output where its delta is ŷ − y
 * @property {[string, string][]} [symbols]
 * @property {string} [difference]
 *
 * @typedef {object} Preview
 * @property {number[][]} x
 * @property {(number | number[])[]} y
 *
 * @typedef {object} DatasetFields
 * @property {Task} task
 * @property {Kind} kind
 * @property {string[]} classes
 * @property {number | null} samples
 * @property {number | null} noise  null: the row has no such knob
 * @property {Preview | null} preview
 * @property {boolean} [standardize]  whether it is best scaled
 * @typedef {Row & DatasetFields} DatasetRow
 *
 * @typedef {object} OptimizerFields
 * @property {string[]} dialects
 * @property {Record<string, Record<string, number | boolean | number[]>>} defaults  by dialect
 * @property {Record<string, string>} mathmls  by dialect
 * @property {[string, string][]} symbols  of the formula, and what they mean
 * @property {string} difference  between the dialects, or "none"
 * @typedef {Row & OptimizerFields} OptimizerRow
 *
 * @typedef {object} SurfaceFields
 * @property {string} note
 * @typedef {Row & SurfaceFields} SurfaceRow
 *
 * @typedef {object} RacePreset  A race that makes a point.
 * @property {string} name
 * @property {string} title
 * @property {string} summary  what it claims
 * @property {"surface" | "network" | "seeds"} kind
 * @property {Record<string, any>} script
 * @property {number} steps
 * @property {number} threshold
 * @property {string} watch  what to look at
 *
 * @typedef {object} Catalog
 * @property {DatasetRow[]} datasets
 * @property {Row[]} activations
 * @property {Row[]} norms
 * @property {Row[]} losses
 * @property {Row[]} initializers
 * @property {OptimizerRow[]} optimizers
 * @property {Row[]} schedules
 * @property {Row[]} features
 * @property {SurfaceRow[]} surfaces
 * @property {RacePreset[]} races
 * @property {Record<string, number>} [limits]
 *
 * @typedef {object} Layer
 * @property {number} units
 * @property {string} activation
 * @property {string | null} [norm]
 * @property {number} [dropout]
 * @property {number | null} [skip]  how many layers back it comes from
 *
 * @typedef {object} Spec
 * @property {Record<string, any>} data
 * @property {{layers: Layer[], output_activation: string, initializer: Record<string, any>, bias: number}} network
 * @property {string} loss
 * @property {Record<string, any>} optimizer
 * @property {Record<string, any>} schedule
 * @property {{l1: number, l2: number, jitter: number, shift: number}} regularization
 * @property {{norm: number | null, value: number | null}} clip
 * @property {number | "full"} batch_size
 * @property {{max_steps: number, patience: number | null, min_change: number | null}} stop
 * @property {"stable" | "naive"} numerics
 * @property {number} seed
 *
 * @typedef {object} Speed
 * @property {"steps" | "epochs" | "flat"} unit
 * @property {number} rate
 *
 * @typedef {object} Attached
 * @property {"attached"} type
 * @property {number | string | null} id
 * @property {string} session
 * @property {number} generation
 * @property {boolean} resumed
 * @property {string} fingerprint
 *
 * @typedef {object} RunInfo
 * @property {"run"} type
 * @property {number} run
 * @property {Spec} spec
 * @property {Task} task
 * @property {Kind} kind
 * @property {string[]} columns
 * @property {string[]} inputs
 * @property {string[]} outputs
 * @property {string[]} classes
 * @property {[number, number] | null} image_shape
 * @property {[number, number][]} domain
 * @property {{layer: number, units: number, activation: string}[]} layers
 * @property {string} output_activation
 * @property {string} loss
 * @property {number} parameter_count
 * @property {Record<string, number>} samples
 * @property {string | null} data_digest  of own data, which come with this event only
 *
 * @typedef {object} Stop
 * @property {"finished" | "non_finite" | "early" | "small_change"} kind
 * @property {number} step
 * @property {string | null} op
 * @property {number | null} best  Stopped early: the step of the best validation loss.
 * @property {string} message
 * @property {string | null} detail  the first value that was not finite, in words
 * @property {{layer: number, unit: number | null, tensor: string, sample: number | null, value: string} | null} offence  counted from 1
 *
 * @typedef {object} Clock  Where the session stands (the `state` event).
 * @property {"state"} type
 * @property {number} run
 * @property {Status} status
 * @property {number} step
 * @property {number} end
 * @property {number} max_steps
 * @property {number} epoch
 * @property {number} steps_per_epoch
 * @property {number} branch
 * @property {Speed} speed
 * @property {number | null} steps_per_second
 * @property {Stop | null} stop
 * @property {[number, number] | null} seek
 *
 * @typedef {object} Script
 * @property {"script"} type
 * @property {number} run
 * @property {number} branch
 * @property {{step: number, label: string, edit: Record<string, any>}[]} edits
 * @property {{branch: number, parent: number | null, fork: number, end: number}[]} branches
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {Spec} spec  on the wire without the samples of own data, which the run has
 * @property {string | null} data_digest
 *
 * @typedef {object} Loaded  A script is being followed.
 * @property {"loaded"} type
 * @property {number} run
 * @property {number} step  where it stands in the end
 * @property {number} edits
 * @property {string | null} fingerprint
 * @property {boolean} same_bits
 *
 * @typedef {object} WarmUp
 * @property {"warmup"} type
 * @property {number} done
 * @property {number} total
 * @property {string | null} current
 *
 * @typedef {object} Pace  Whether the server sends fewer pictures than it could.
 * @property {"pace"} type
 * @property {boolean} slow
 *
 * @typedef {object} Trial  How far the finder or the check is.
 * @property {"trial"} type
 * @property {"find_rate" | "check_gradient"} command
 * @property {number} done
 * @property {number} total
 *
 * @typedef {object} Tested  What a trial gave, or why it gave nothing.
 * @property {number} run
 * @property {number} step  where the run stood
 * @property {Record<string, any> | null} result
 * @property {{field: string | null, message: string} | null} refusal
 *
 * @typedef {object} Finding  What ails a run: `engine.findings.Finding`.
 * @property {string} name
 * @property {string} title
 * @property {string} summary
 * @property {number | null} layer
 * @property {{name: string, value: number | string, threshold: number, side: "above" | "below", words: string, layer: number | null}[]} evidence
 * @property {{path: string, value: any, words: string}[]} remedies
 *
 * @typedef {object} Done
 * @property {"done"} type
 * @property {number | string | null} id
 * @property {string} command
 * @property {Record<string, any> | null} [result]  of commands that ask for something
 *
 * @typedef {object} Refusal  The `error` event: nothing changed, the session goes on.
 * @property {"error"} type
 * @property {number | string | null} id
 * @property {string} code
 * @property {string | null} field
 * @property {string | null} allowed
 * @property {string} message
 *
 * @typedef {Attached | RunInfo | Clock | Script | Loaded | WarmUp | Trial | Pace | Done | Refusal | import("./race/types.js").RaceInfo | import("./race/types.js").RaceClock | import("./race/network/types.js").NetworkInfo | import("./race/network/types.js").NetworkClock} Event
 *
 * @typedef {Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>} Numbers
 * @typedef {object} NamedArray
 * @property {Numbers} data
 * @property {number[]} shape
 *
 * @typedef {object} Frame
 * @property {Channel} channel
 * @property {number} frame
 * @property {number} run
 * @property {number} branch
 * @property {number} step
 * @property {Record<string, any>} meta
 * @property {Record<string, NamedArray>} arrays
 *
 * @typedef {{loss: number | string, accuracy: number | string | null}} Scores
 *
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
 * @property {"train" | "validation" | "test"} split
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
 * @property {WarmUp | null} warmup
 * @property {RunInfo | null} run
 * @property {Clock | null} clock
 * @property {Script | null} script
 * @property {string[]} earlier  scripts of the runs before this one, the newest last: undo goes back to them
 * @property {Partial<Record<Channel, Frame>>} frames  the newest of each channel
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
 * @property {Tested | null} rateTest
 * @property {Tested | null} gradientCheck
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
 * @property {Partial<Record<import("./race/network/types.js").StudyKind, Frame>>} studies  the newest of each kind
 *
 * @typedef {object} Pointed
 * @property {number} layer  1-based
 * @property {number | null} unit  1-based; null: all of the layer
 *
 * @typedef {object} ThemedFigure
 * @property {{data: Record<string, any>[], layout: Record<string, any>}} light
 * @property {{data: Record<string, any>[], layout: Record<string, any>}} dark
 * @property {Record<string, any>} config
 *
 * @typedef {object} Figures
 * @property {string} plotly  where plotly.js is served
 * @property {Record<string, ThemedFigure>} figures
 *
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {(state: AppState) => void} update
 */

export {};
