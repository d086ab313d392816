import RunRecord
import RunViews

extension RecordOptions {
  /// The runs in the record; those of notebooks if those of pipelines cannot be read, which is
  /// reported.
  private var runs: RecordedRuns {
    var pipelines: PipelineHistory?
    do throws(HistoryError) {
      pipelines = try open()
    } catch {
      Printer.shared.log("\("warning:", .yellow) runs of pipelines are not shown: \(error)")
    }
    return RecordedRuns(stateDirectory, pipelines: pipelines)
  }

  /// The latest runs, newest first.
  ///
  /// - Parameter file: the notebook or pipeline; nil for all.
  /// - Throws: `ExitRequest`, after reporting the error.
  func newest(of file: String?, limit: Int) throws -> [AnyRun] {
    do throws(HistoryError) {
      return try runs.newest(of: file, limit: limit)
    } catch {
      throw failure(error)
    }
  }

  /// The run that a text names, see ``RecordedRuns/find(_:)``.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func find(_ text: String) throws -> AnyRun {
    do throws(HistoryError) {
      return try runs.find(text)
    } catch {
      throw failure(error)
    }
  }
}
