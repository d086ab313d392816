import NodeResults
package import ObjectStorage
package import PipelineExecution
import Pipelines

/// Where the nodes of a run that Slurm has as a whole leave in a bucket how they began and ended.
package struct BucketTraces: DetachedResults {
  private let store: ObjectStore
  private let places: [ObjectLocation]

  /// - Parameters:
  ///   - store: the storage.
  ///   - places: the places of the nodes' results, in the order of the run.
  package init(_ store: ObjectStore, _ places: [ObjectLocation]) {
    self.store = store
    self.places = places
  }

  /// The largest object that is read.
  private static let longest = 4 << 20

  package func left(of place: Int, hasStarted: Bool) async throws(NodeStorageProblem)
    -> DetachedTraces
  {
    guard places.indices.contains(place) else { return DetachedTraces(hasStarted: hasStarted) }
    let results = places[place]
    do throws(ObjectStorageError) {
      if !hasStarted {
        // A node claims its place before it does anything else.
        guard try await content(ResultPieces.claimName, at: results) != nil else {
          return DetachedTraces(hasStarted: false)
        }
      }
      return DetachedTraces(
        hasStarted: true, ending: try await content(NodeDescription.endingName, at: results))
    } catch {
      // Waiting does not help with some.
      throw NodeStorageProblem(
        error.description, isFinal: [.denied, .usage, .noBucket].contains(error.kind))
    }
  }

  /// The content of a small object; nil if it is not there.
  private func content(_ name: String, at results: ObjectLocation)
    async throws(ObjectStorageError) -> [UInt8]?
  {
    do throws(ObjectStorageError) {
      return try await store.get(results.appending(name), maximum: BucketTraces.longest)
    } catch {
      guard error.kind == .noObject else { throw error }
      return nil
    }
  }
}
