import ArgumentParser
import Glibc
import KernelLauncher
import NotebookDocument
import Pipelines
import RemoteEngines
import RunRecord
import SystemSupport

/// The values that shells offer for arguments.
///
/// A shell calls `lyre` for them while a user types: they are found without starting anything, and if
/// a file is missing or damaged there are none, without a message.
enum Completions {
  static var notebooks: CompletionKind { .file(extensions: ["ipynb"]) }
  static var pipelines: CompletionKind { .file(extensions: ["pipeline"]) }
  static var runnable: CompletionKind { .file(extensions: ["ipynb", "pipeline"]) }

  /// The names of installed kernels.
  static var kernels: CompletionKind {
    values { _, _ in KernelSpecFinder().available().map(\.name) }
  }

  /// The names of runtime configurations.
  static var runtimes: CompletionKind { values { _, _ in RuntimeStore().files.names } }

  /// The names of runtime images.
  static var images: CompletionKind { values { _, _ in RuntimeImageStore().files.names } }

  /// The labels of the nodes in the pipeline's file on the command line.
  static var nodes: CompletionKind {
    values { words, _ in CommandWords(words).pipeline.map(labels) ?? [] }
  }

  /// The runs of notebooks and pipelines that can be followed.
  static var runs: CompletionKind {
    values { words, _ in
      let folder = CommandWords(words).record
      let notebooks = try? NotebookRuns(directory: folder).runs(limit: shownRuns)
      return ["last"] + (notebooks ?? []).map(\.shortName) + pipelineRuns(in: folder)
    }
  }

  /// The runs of pipelines.
  static var runsOfPipelines: CompletionKind {
    values { words, _ in ["last"] + pipelineRuns(in: CommandWords(words).record) }
  }

  /// The runs that were submitted to engines.
  static var submissions: CompletionKind {
    values { words, _ in
      let store = SubmissionStore(directory: CommandWords(words).record)
      return ["last"] + store.all().prefix(shownRuns).map { String($0.number) }
    }
  }

  /// The labels of the nodes of the run on the command line.
  static var nodesOfRun: CompletionKind {
    values { words, place in
      let words = CommandWords(words)
      guard let name = words.run(before: place),
        let history = try? PipelineHistory.reading(words.record),
        let run = name == "last"
          ? try? history.runs(limit: 1).first : try? history.run(Int64(name) ?? 0)
      else { return [] }
      return unique(((try? history.nodes(of: run.id)) ?? []).map(\.label))
    }
  }

  private static func values(
    _ make: @escaping @Sendable (_ words: [String], _ place: Int) -> [String]
  ) -> CompletionKind {
    .custom { words, place, _ in
      let values = make(words, place)
      // The script for bash removes quotes from them, as `compgen -W` does.
      return CompletionShell.requesting == .bash ? values.map(escaped) : values
    }
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { result, character in
      if "\\'\"$`".contains(character) { result.append("\\") }
      result.append(character)
    }
  }

  private static let shownRuns = 20
  /// Larger files take longer than a user waits.
  private static let maximumSize = 4 << 20

  private static func pipelineRuns(in folder: String) -> [String] {
    let runs = try? PipelineHistory.reading(folder)?.runs(limit: shownRuns)
    return (runs ?? []).map { "\($0.id)" }
  }

  private static func labels(in path: String) -> [String] {
    var status = stat()
    guard FilePath.isFile(path), stat(path, &status) == 0, status.st_size <= maximumSize,
      let bytes = try? NotebookFile(path).read(), let document = try? PipelineDocument(bytes)
    else { return [] }
    return unique(document.pipeline.executableNodes.map(\.label))
  }

  /// A label that several nodes have names none of them.
  private static func unique(_ labels: [String]) -> [String] {
    let counts = labels.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    return labels.filter { counts[$0] == 1 && !$0.contains(where: \.isNewline) }
  }
}
