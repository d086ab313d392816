// The shapes of the API's answers (docs/web-api.md), for the type checker alone: this module has no code.

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{id: string, label?: string}} Port
 * @typedef {"notebook"|"python"|"r"|"script"|"component"|"super"|"binding"|"unknown"} NodeKind
 *
 * @typedef {object} PipelineNode
 * @property {string} id
 * @property {string} label
 * @property {NodeKind} kind
 * @property {string} operation
 * @property {string|null} file
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {Record<string, any>} properties
 * @property {Record<string, any>} lyre
 * @property {Record<string, any>} inherited
 * @property {string|null} subflow
 * @property {boolean} expanded
 * @property {Port[]} inputs
 * @property {Port[]} outputs
 * @property {string[]} parents
 * @property {{label: string, value: string, default?: boolean}[]} summary
 * @property {"error"|"warning"|null} severity
 *
 * @typedef {object} Link
 * @property {string} id
 * @property {string} source
 * @property {string|null} source_port
 * @property {string} target
 * @property {string|null} target_port
 * @property {"data"|"comment"} kind
 * @property {boolean} in_cycle
 *
 * @typedef {object} PipelineComment
 * @property {string} id
 * @property {string} text
 * @property {string} [html]
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {string[]} nodes
 *
 * @typedef {object} Flow
 * @property {string} id
 * @property {{flow: string, node: string}|null} parent
 * @property {string} label
 * @property {PipelineNode[]} nodes
 * @property {Link[]} links
 * @property {PipelineComment[]} comments
 *
 * @typedef {{name: string, description?: string, type?: string, default?: any, required?: boolean}} Parameter
 *
 * @typedef {object} View
 * @property {string} name
 * @property {string} [description]
 * @property {string|null} runtime_type
 * @property {number} format_version
 * @property {string} primary
 * @property {Flow[]} flows
 * @property {Record<string, any>} properties
 * @property {Record<string, any>} defaults
 * @property {Parameter[]} parameters
 *
 * @typedef {object} Finding
 * @property {"error"|"warning"|"note"} severity
 * @property {string} code
 * @property {string|null} [node_id]
 * @property {string|null} [node]
 * @property {string|null} [property]
 * @property {string} message
 * @property {string|null} [remedy]
 *
 * @typedef {{op: string, [key: string]: any}} Edit
 *
 * @typedef {object} Session
 * @property {number} version
 * @property {string} lyre
 * @property {string} folder
 * @property {string} path
 * @property {{pipeline: string|null, run: string|null}} open
 * @property {{id: string, label: string}[]} engines
 * @property {{label: string, image: string}[]} runtime_images
 * @property {{name: string, label: string, language: string}[]} kernels
 *
 * @typedef {object} FileEntry
 * @property {string} path
 * @property {string} name
 * @property {"folder"|"notebook"|"python"|"r"|"script"|"pipeline"|"other"} kind
 * @property {number} [size]
 * @property {string} [modified]
 *
 * @typedef {{value: any, label: string}} Choice
 * @typedef {object} Column
 * @property {string} name
 * @property {string} label
 * @property {string} [type]
 * @property {boolean} [required]
 * @property {any[]} [choices]
 *
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {string} [help]
 * @property {"text"|"multiline"|"integer"|"number"|"boolean"|"choice"|"file"|"list"|"rows"|"checks"} type
 * @property {any[]} [choices]
 * @property {string} [placeholder]
 * @property {number} [minimum]
 * @property {boolean} [required]
 * @property {boolean} [remote_only]
 * @property {string} [inherits]
 * @property {Column[]} [columns]
 * @property {any} [default]
 * @property {string} [member] the value is an object, and this member has what is shown
 * @property {string[]} [widgets] of an input of a component: the kinds of values that it may have
 * @property {boolean} [read_only]
 *
 * @typedef {{id: string, label: string, fields: Field[]}} Section
 * @typedef {Record<"generic"|"component"|"pipeline"|"defaults"|"lyre", Section[]>} Form
 *
 * @typedef {object} Component
 * @property {string} id
 * @property {string} name
 * @property {string} [description]
 * @property {string} [catalog]
 * @property {string} [runtime]
 * @property {Field[]} [properties]
 * @property {{name: string, label: string}[]} [outputs]
 *
 * @typedef {{status: string, text?: string, seconds?: number|null, attempt?: number|null}} NodeState
 *
 * @typedef {{name: "home"}|{name: "edit", path: string, node: string|null, read?: boolean}|{name: "runs"}
 *   |{name: "run", run: string, node: string|null, cell: number|null}
 *   |{name: "compare", runs: [string, string]}|{name: "history", path: string}
 *   |{name: "unknown", hash: string}} Route
 *
 * @typedef {object} Context
 * @property {import("./api.js").Api} api
 * @property {Session} session
 * @property {() => Promise<typeof import("./canvas/canvas.js")>} canvas
 * @property {(hash: string) => void} navigate
 * @property {(text: string, kind?: "info"|"success"|"warning"|"error") => void} toast
 * @property {(path: string, options?: {save?: () => Promise<boolean>, selection?: string[], mode?: string}) => Promise<void>} openRunForm
 * @property {(path: string, state: {dirty: boolean}) => void} [setDocumentState]
 *
 * A page below the bar. A pipeline's also has what the host of the page may ask for (host.js).
 * @typedef {object} Page
 * @property {(route: Route) => void} update
 * @property {() => void} unmount
 * @property {() => void} [shown]
 * @property {() => void} [hidden] another page is in front now
 * @property {() => Promise<boolean>} [save] whether it was saved; if not, the page has shown why
 * @property {() => string} [text] with all edits
 * @property {() => Promise<void>} [reload] drops unsaved edits
 * @property {(path: string) => void} [renamed] the file has another path now
 * @property {(paths: string[], place: Point) => void} [drop] files were dropped at a place of the window
 */

export {};
