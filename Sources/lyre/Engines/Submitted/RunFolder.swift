import Glibc
import NotebookDocument
import Pipelines
import RemoteEngines
import SystemSupport

/// What a run on Slurm has left beside the outputs of its nodes, which are in their own places: the
/// executed notebooks with their parameters, and the output of the nodes.
struct RunFolder: RunFiles {
  private let submission: Submission

  /// - Parameter submission: the run.
  init(_ submission: Submission) { self.submission = submission }

  private static let names = [NodeDescription.executedName, NodeDescription.logName]

  private func path(_ file: RunFile) -> String {
    let parts = FilePath.parts(file.name)
    return "\(submission.folder ?? "")/\(parts.directory)/results/\(parts.name)"
  }

  func list() async throws(ExitRequest) -> [RunFile] {
    guard let folder = submission.folder, FilePath.isDirectory(folder) else {
      throw EngineFailure.report(
        EngineError(
          .missing,
          "the folder of the run is not there; it was removed, or this machine does not see "
            + "it", place: submission.folder))
    }
    var files: [RunFile] = []
    for node in submission.nodes {
      for name in RunFolder.names {
        var status = stat()
        let file = RunFile(name: "\(node.task)/\(name)", size: 0)
        guard lstat(path(file), &status) == 0, status.st_mode & S_IFMT == S_IFREG,
          status.st_size > 0
        else { continue }
        files.append(RunFile(name: file.name, size: Int(status.st_size)))
      }
    }
    return files
  }

  func fetch(_ file: RunFile, to path: String) async throws(ExitRequest) {
    let content: [UInt8]
    do throws(SystemError) {
      content = try fileContent(self.path(file), maximum: 4 << 30)
    } catch {
      throw EngineFailure.report(
        EngineError(.file, "cannot be read: \(error)", place: self.path(file)))
    }
    do throws(WriteFailure) {
      var lock: FileLock?
      try DurableFile(path).write([content[...]], lock: &lock)
    } catch {
      throw EngineFailure.report(EngineError(.file, error.message))
    }
  }

  func isSame(_ file: RunFile, as path: String) async throws(ExitRequest) -> Bool {
    guard let here = try? fileContent(path, maximum: file.size), here.count == file.size else {
      return false
    }
    return (try? fileContent(self.path(file), maximum: file.size)) == here
  }
}
