import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// The notebooks of ../shared/corpus that run offline, with nbclient's recorded results.
enum RunnableCorpus {
  static let shared = RealKernels.repositoryRoot + "/../shared"
  static let folder = shared + "/corpus/notebooks/runnable"
  static let isThere = access(folder + "/INDEX.tsv", R_OK) == 0

  /// A notebook, and the code cells whose outputs differ from run to run.
  struct Entry: Sendable, CustomTestStringConvertible {
    var path: String
    var kernel: String
    var looseCells: String
    var testDescription: String { path }
  }

  /// Notebooks without a recorded run: their kernels were not installed, so the files beside them
  /// are not results of runs.
  private static let notRecorded = ["10_Step_8.ipynb", "Using Interact.ipynb"]

  /// The output of Octave's plots depends on the machine; it was recorded without these variables.
  private static let hasOtherPlots =
    access("/usr/bin/gs", F_OK) == 0
    || access("/usr/share/fonts/opentype/freefont/FreeSans.otf", F_OK) == 0

  static let entries: [Entry] = {
    guard let bytes = try? readFile(folder + "/INDEX.tsv") else { return [] }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
    return lines.compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count > 4, !notRecorded.contains(where: { fields[0].hasSuffix($0) }) else {
        return nil
      }
      if fields[1] == "octave", hasOtherPlots { return nil }
      return Entry(path: fields[0], kernel: fields[1], looseCells: fields[4])
    }
  }()
}

@Suite(
  "Notebooks of the corpus",
  .enabled(if: RunnableCorpus.isThere, "needs ../shared/corpus"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct CorpusRunTests {
  @Test("have the outputs that nbclient recorded", arguments: Sample.of(RunnableCorpus.entries))
  func outputs(_ entry: RunnableCorpus.Entry) async throws {
    try await TemporaryDirectory.with { directory in
      // With the files beside it, except the other notebooks' recordings, because some notebooks
      // list files.
      let name = entry.path.split(separator: "/").last.map(String.init) ?? ""
      let folder = "\(RunnableCorpus.folder)/\(entry.path.dropLast(name.count))"
      let copy = try await RunningCommand(
        "/bin/sh",
        [
          "-c", #"cp -rL "$0/." . && rm -f *.expected.ipynb && chmod -R u+w ."#, folder,
        ], environment: ["PATH": "/usr/bin:/bin"], directory: directory.path
      ).result()
      try #require(copy.ending == .exited(0), "\(copy.errorText)")
      // The names of cells' files, which are in the folder for temporary files, are compared.
      let environment = RealKernels.environment.merging(["TMPDIR": "/tmp"]) { $1 }
      let run = try await RunningCommand(
        try BuiltProduct.path("lyre"), ["run", "-q", "--allow-errors", name],
        environment: environment, directory: directory.path
      ).result()
      #expect(run.ending == .exited(0), "\(run.errorText)")
      let expected =
        "\(RunnableCorpus.folder)/\(entry.path.dropLast(".ipynb".count)).expected.ipynb"
      let comparison = try await RunningCommand(
        "\(RealKernels.folder)/main/bin/python3",
        [
          "\(RunnableCorpus.shared)/tools/compare_notebooks.py", directory.path(name), expected,
          entry.looseCells,
        ], environment: ["PATH": "/usr/bin:/bin"], directory: directory.path
      ).result()
      #expect(comparison.ending == .exited(0), "\(comparison.outputText)")
    }
  }
}
