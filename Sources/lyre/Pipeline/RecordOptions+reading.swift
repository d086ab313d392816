import Glibc
import PipelineExecution
import Pipelines
import RunRecord
import SystemSupport

extension RecordOptions {
  /// The absolute directory of the record of runs.
  var stateDirectory: String {
    let names = ["XDG_STATE_HOME", "HOME"]
    let environment = names.reduce(into: [String: String]()) { environment, name in
      environment[name] = getenv(name).map { String(cString: $0) }
    }
    return PipelinePath.joined(
      FilePath.currentDirectory,
      directory ?? PipelineHistory.defaultDirectory(environment: environment))
  }

  /// Whether the record has a place: Lyre does not create a home directory that does not exist, as in
  /// containers and for services.
  var hasPlace: Bool {
    let inHome = "/.local/state/lyre"
    let path = stateDirectory
    guard directory == nil, path.hasSuffix(inHome) else { return true }
    return FilePath.isDirectory(path.dropLast(inHome.count) + "/")
  }

  /// Opens the record of runs read-only; nil if there is none.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func read() throws(ExitRequest) -> PipelineHistory? {
    do throws(HistoryError) {
      return try open()
    } catch {
      throw failure(error)
    }
  }

  /// Opens the record of runs read-only, and reports its notice if it has one; nil if there is none.
  func open() throws(HistoryError) -> PipelineHistory? {
    let history = try PipelineHistory.reading(stateDirectory)
    if let notice = history?.notice { Printer.shared.log("\("warning:", .yellow) \(notice)") }
    return history
  }

  /// Opens the record of runs read-only; it must exist.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func existing() throws -> PipelineHistory {
    if let history = try read() { return history }
    throw failure(HistoryError(description: "no pipeline has been run yet; there is no record"))
  }

  /// The run with a number, or the latest one for `last`.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func run(_ number: String, in history: PipelineHistory) throws -> RecordedRun {
    do throws(HistoryError) {
      let found =
        number == "last"
        ? try history.runs(limit: 1).first : try history.run(Int64(number) ?? 0)
      guard let found else {
        throw HistoryError(description: "there is no run '\(number)'; see lyre pipeline history")
      }
      return found
    } catch {
      throw failure(error)
    }
  }

  /// The nodes of a run.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func nodes(of run: RecordedRun, in history: PipelineHistory) throws -> [RecordedNode] {
    do throws(HistoryError) {
      return try history.nodes(of: run.id)
    } catch {
      throw failure(error)
    }
  }

  /// The node with a name, or with its number in lists of a run's nodes.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func node(_ name: String, of run: RecordedRun, in nodes: [RecordedNode]) throws -> RecordedNode {
    if let number = Int(name), nodes.indices.contains(number - 1) { return nodes[number - 1] }
    do throws(NodeSelection.Unknown) {
      let names = NodeNames(nodes.map { .init(id: $0.id, label: $0.label, file: $0.file) })
      return nodes[try names.find(name)]
    } catch {
      throw failure(HistoryError(description: "run \(run.id): \(error)"))
    }
  }

  /// Reports an error.
  func failure(_ error: HistoryError) -> ExitRequest {
    Printer.shared.log("\("error:", .red) \(error)")
    return ExitRequest(code: .unusableInput)
  }
}
