import NodeProgram
import ObjectStorage
import PipelineExecution
import Pipelines

/// The value of `--storage`: where the files of nodes that run elsewhere go.
struct PipelineStorage {
  private let place: ObjectLocation
  private let options: ObjectStorageOptions

  /// Reads the option.
  ///
  /// - Throws: ``UsageError`` if the text is no location.
  init(_ text: String, _ options: ObjectStorageOptions) throws(UsageError) {
    self.options = options
    do throws(ObjectStorageError) {
      var place = try ObjectLocation(text)
      while place.key.hasSuffix("/") { place.key.removeLast() }
      self.place = place
    } catch {
      throw UsageError(message: "--storage: \(error.message)")
    }
  }

  /// Opens the storage of a run, once it is known that the storage can be written to.
  ///
  /// - Throws: ``UsageError``, also if no node would use it.
  func open(
    for graph: PipelineGraph, _ configuration: PipelineConfiguration, name: String
  ) async throws(UsageError) -> RunStorage {
    guard graph.nodes.contains(where: { configuration.places.place(of: $0) != .process }) else {
      throw UsageError(
        message:
          "--storage: every node runs as a process of this machine; add --containers or --slurm")
    }
    do throws(ObjectStorageError) {
      let storage = RunStorage(try ObjectStore(options.settings), place, name: name)
      try await storage.open(creating: options.s3CreateBucket)
      return storage
    } catch {
      throw UsageError(message: "--storage: \(error)")
    }
  }
}
