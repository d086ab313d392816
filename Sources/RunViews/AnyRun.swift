package import JSONCore
package import RunRecord
import SystemSupport

/// A run of a notebook or a pipeline.
package struct AnyRun: Sendable {
  /// The name that users type: a number, or the last part of a name.
  package var name: String
  /// The number of a pipeline's run; nil for a notebook's.
  package var number: Int64?
  /// The absolute path of the notebook or pipeline.
  package var file: String
  /// The absolute path of the file with a notebook's outputs; nil if there is none.
  package var result: String?
  /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
  package var started: Int64
  /// How long it took; nil while it runs, and if unknown.
  package var duration: Duration?
  /// The name of its status.
  package var status: String
  /// The number of a pipeline's nodes by the names of their statuses.
  package var counts: [String: Int] = [:]
  /// The folder of its log.
  package var folder: String

  /// A run of a notebook.
  package init(_ run: RecordedNotebookRun) {
    name = run.shortName
    file = run.notebook
    result = run.result
    started = run.started
    duration = run.duration
    status = run.status
    folder = run.folder
  }

  /// A run of a pipeline.
  package init(_ run: RecordedRun, in history: PipelineHistory) {
    name = "\(run.id)"
    number = run.id
    file = run.pipeline
    started = run.started
    duration = run.duration
    status = run.status
    folder = history.folder(of: run.id)
    counts = run.counts
    if run.killedCount > 0 { counts["killed"] = run.killedCount }
  }

  /// Whether it is a run of a pipeline.
  package var isPipeline: Bool { number != nil }

  /// The run as JSON.
  package var json: JSONObject {
    [
      "run": number.map { .init(Int($0)) } ?? .init(name),
      "kind": isPipeline ? "pipeline" : "notebook", "file": .init(file),
      "started": .init(JSONDate.text(nanoseconds: started, digits: 6)),
      "seconds": duration.map { .init($0.totalSeconds) } ?? .null, "status": .init(status),
      "folder": .init(folder),
    ]
  }
}
