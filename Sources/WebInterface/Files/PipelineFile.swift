import Glibc
import NotebookDocument
import PipelineExecution
import Pipelines
import SystemSupport

/// A pipeline's file in the served folder.
struct PipelineFile: Sendable {
  /// The largest file that is opened, in bytes.
  static let mostBytes = 32 << 20

  /// The path as in the request.
  let path: String
  /// The real path.
  let real: String

  /// Checks the path of a file, which need not exist.
  ///
  /// - Throws: ``WebError``.
  init(_ path: String, in folder: ServedFolder) throws(WebError) {
    guard path.hasSuffix(".pipeline"), PipelinePath.name(path) != ".pipeline" else {
      throw .invalid("'\(path)' is not the name of a pipeline; it must end with .pipeline")
    }
    self.path = path
    real = try folder.file(path)
    guard real.hasSuffix(".pipeline") else {
      throw .forbidden("outside", "'\(path)' is a link to a file that is not a pipeline")
    }
  }

  /// The name of the pipeline.
  var name: String { String(PipelinePath.name(path).dropLast(".pipeline".count)) }

  /// The files around it, for validation.
  var surroundings: PipelineFolder { PipelineFolder(of: real) }

  /// The content.
  ///
  /// - Throws: ``WebError`` if there is no file, or it cannot be read.
  func read() throws(WebError) -> [UInt8] {
    guard FilePath.exists(real) else {
      throw .notFound("there is no file '\(path)'")
    }
    guard FilePath.isFile(real) else { throw .invalid("'\(path)' is not a regular file") }
    do throws(SystemError) {
      return try fileContent(real, maximum: PipelineFile.mostBytes)
    } catch {
      throw .failure("'\(path)' cannot be read: \(error)")
    }
  }

  /// Writes a new file.
  ///
  /// - Returns: the tag of its content.
  /// - Throws: ``WebError``, also if there is a file of that name.
  func create(_ bytes: [UInt8]) throws(WebError) -> String {
    let isNew: Bool
    do throws(WriteFailure) {
      isNew = try DurableFile(real).create([bytes[...]], like: real)
    } catch {
      throw .failure(error.message, remedy: "free space on the disk, or choose another folder")
    }
    guard isNew else {
      throw WebError(
        409, "exists", "there is a file '\(path)' already", remedy: "choose another name")
    }
    return contentTag(bytes)
  }

  /// Replaces the content.
  ///
  /// - Returns: the tag of the new content.
  /// - Throws: ``WebError``.
  func write(_ bytes: [UInt8]) throws(WebError) -> String {
    var lock: FileLock?
    do throws(WriteFailure) {
      // A run of the pipeline has read it already, and locks it against another run.
      try DurableFile(real).write([bytes[...]], lock: &lock, ignoresLocks: true)
    } catch {
      throw error.kind == .inUse
        ? WebError(409, "in_use", error.message, remedy: "wait until the run has ended")
        : .failure(error.message, remedy: "free space on the disk, or save elsewhere")
    }
    return contentTag(bytes)
  }
}
