import JSONCore
import Pipelines
import RunRecord
import SystemSupport

/// A run of a notebook or a pipeline.
struct AnyRun {
  /// The name that users type: a number, or the last part of a name.
  var name: String
  var isPipeline: Bool
  /// The absolute path of the notebook or pipeline.
  var file: String
  /// The absolute path of the file with a notebook's outputs; nil if there is none.
  var result: String?
  var started: Int64
  var duration: Duration?
  var status: String
  /// The folder of its log.
  var folder: String

  init(_ run: RecordedNotebookRun) {
    name = run.shortName
    isPipeline = false
    file = run.notebook
    result = run.result
    started = run.started
    duration = run.duration
    status = run.status
    folder = run.folder
  }

  init(_ run: RecordedRun, in history: PipelineHistory) {
    name = "\(run.id)"
    isPipeline = true
    file = run.pipeline
    started = run.started
    duration = run.duration
    status = run.status
    folder = history.folder(of: run.id)
  }

  /// The run as JSON.
  var json: JSONObject {
    [
      "run": isPipeline ? .init(Int(name) ?? 0) : .init(name),
      "kind": isPipeline ? "pipeline" : "notebook", "file": .init(file),
      "started": .init(JSONDate.text(nanoseconds: started, digits: 6)),
      "seconds": duration.map { .init($0.totalSeconds) } ?? .null, "status": .init(status),
      "folder": .init(folder),
    ]
  }
}

/// The runs of notebooks and pipelines in a record.
struct RecordedRuns {
  private let options: RecordOptions
  private let notebooks: NotebookRuns
  private let pipelines: PipelineHistory?

  init(_ options: RecordOptions) {
    self.options = options
    notebooks = NotebookRuns(directory: options.stateDirectory)
    // Runs of notebooks are shown nevertheless.
    do throws(HistoryError) {
      pipelines = try options.open()
    } catch {
      Printer.shared.log("\("warning:", .yellow) runs of pipelines are not shown: \(error)")
      pipelines = nil
    }
  }

  /// The latest runs, newest first.
  ///
  /// - Parameter file: the notebook or pipeline; nil for all.
  /// - Throws: `ExitRequest`, after reporting the error.
  func newest(of file: String? = nil, limit: Int) throws -> [AnyRun] {
    let path = file.map(NotebookInput.recordedPath)
    do throws(HistoryError) {
      var runs = try notebooks.runs(of: path, limit: limit).map { AnyRun($0) }
      if let pipelines {
        for run in try pipelines.runs(of: path, limit: limit) {
          runs.append(AnyRun(run, in: pipelines))
        }
      }
      return Array(runs.sorted { $0.started > $1.started }.prefix(limit))
    } catch {
      throw options.failure(error)
    }
  }

  /// The run that a text names: a pipeline's number, a part of a notebook's run, `last`, or a file
  /// for its newest run.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func find(_ text: String) throws -> AnyRun {
    do throws(HistoryError) {
      if text != "last" {
        if let number = Int64(text), let pipelines, let run = try pipelines.run(number) {
          return AnyRun(run, in: pipelines)
        }
        // A number is that of a pipeline's run, and not the start of a notebook run's name.
        let matches =
          Int64(text) == nil || text.utf8.count >= 8 ? try notebooks.runs(named: text) : []
        if matches.count == 1 { return AnyRun(matches[0]) }
        if matches.count > 1 {
          throw HistoryError(
            description: "'\(text)' matches \(matches.count) runs: "
              + matches.prefix(5).map(\.shortName).joined(separator: ", "))
        }
      }
    } catch {
      throw options.failure(error)
    }
    if let run = try newest(of: text == "last" ? nil : text, limit: 1).first { return run }
    throw options.failure(
      HistoryError(
        description: text == "last"
          ? "nothing has been run yet; there is no record"
          : "there is no run '\(text)'; see lyre history"))
  }
}
