package import RunRecord
import SystemSupport

/// The runs of notebooks and pipelines in a record.
package struct RecordedRuns: Sendable {
  private let notebooks: NotebookRuns
  private let pipelines: PipelineHistory?

  /// Creates a value for the record in a directory.
  ///
  /// - Parameter pipelines: the runs of pipelines; nil if there are none.
  package init(_ directory: String, pipelines: PipelineHistory?) {
    notebooks = NotebookRuns(directory: directory)
    self.pipelines = pipelines
  }

  /// The path by which the record knows a notebook or pipeline: absolute, with links followed; `-` as
  /// it is.
  package static func path(_ file: String) -> String {
    file == "-" ? file : FilePath.target(FilePath.normalized(file))
  }

  /// The latest runs, newest first.
  ///
  /// - Parameter file: the notebook or pipeline; nil for all.
  /// - Throws: `HistoryError`.
  package func newest(of file: String? = nil, limit: Int) throws(HistoryError) -> [AnyRun] {
    let path = file.map(RecordedRuns.path)
    var runs = try notebooks.runs(of: path, limit: limit).map { AnyRun($0) }
    if let pipelines {
      for run in try pipelines.runs(of: path, limit: limit) {
        runs.append(AnyRun(run, in: pipelines))
      }
    }
    return Array(runs.sorted { $0.started > $1.started }.prefix(limit))
  }

  /// The run with a name: a pipeline's number, or a part of a notebook's run.
  ///
  /// - Returns: nil if there is none.
  /// - Throws: `HistoryError`, also if there are several.
  package func named(_ text: String) throws(HistoryError) -> AnyRun? {
    if let number = Int64(text), let pipelines, let run = try pipelines.run(number) {
      return AnyRun(run, in: pipelines)
    }
    // A number is that of a pipeline's run, and not the start of a notebook run's name.
    guard Int64(text) == nil || text.utf8.count >= 8 else { return nil }
    let matches = try notebooks.runs(named: text)
    if matches.count > 1 {
      throw HistoryError(
        description: "'\(text)' matches \(matches.count) runs: "
          + matches.prefix(5).map(\.shortName).joined(separator: ", "))
    }
    return matches.first.map { AnyRun($0) }
  }

  /// The run that a text names: as ``named(_:)``, or `last`, or a file for its newest run.
  ///
  /// - Throws: `HistoryError`, also if there is none.
  package func find(_ text: String) throws(HistoryError) -> AnyRun {
    if text != "last", let run = try named(text) { return run }
    if let run = try newest(of: text == "last" ? nil : text, limit: 1).first { return run }
    throw HistoryError(
      description: text == "last"
        ? "nothing has been run yet; there is no record"
        : "there is no run '\(text)'; see lyre history")
  }
}
