import Glibc
import SystemSupport

/// A folder that Airflow reads DAGs from.
package struct DAGFolder: Sendable {
  private let path: String

  /// - Parameter path: the folder, which must exist.
  package init(_ path: String) { self.path = path }

  /// What a delivery would do; nothing is changed.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - overwrites: whether it also replaces a file that Lyre has not written.
  /// - Throws: ``EngineError`` if there is no such folder, or it has a file that is not Lyre's.
  package func preview(_ file: DAGFile, overwrites: Bool) throws(EngineError) -> DeliveredDAG {
    guard FilePath.isDirectory(path) else {
      throw EngineError(
        .missing, "there is no such folder; name the folder that Airflow reads DAGs from",
        place: path)
    }
    let place = "\(path)/\(file.name)"
    return DeliveredDAG(
      change: try file.change(over: try present(place), overwrites, place: place), place: place)
  }

  /// Puts a file into the folder, atomically: Airflow finds the old one or the new one.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - overwrites: whether it also replaces a file that Lyre has not written.
  /// - Throws: ``EngineError`` also if it cannot be written.
  package func deliver(_ file: DAGFile, overwrites: Bool = false) throws(EngineError)
    -> DeliveredDAG
  {
    let delivered = try preview(file, overwrites: overwrites)
    if delivered.change != .unchanged {
      try write(file, delivered.place, isNew: delivered.change == .created)
    }
    return delivered
  }

  private func present(_ place: String) throws(EngineError) -> [UInt8]? {
    do throws(SystemError) {
      return try fileContent(place)
    } catch {
      if error.number == ENOENT { return nil }
      throw EngineError(.file, "the file that is there cannot be read: \(error)", place: place)
    }
  }

  private func write(_ file: DAGFile, _ place: String, isNew: Bool) throws(EngineError) {
    do throws(WriteFailure) {
      if isNew {
        guard try DurableFile(place).create([file.content[...]], like: place) else {
          throw WriteFailure(message: "another program has just created it; try again")
        }
        return
      }
      var lock: FileLock?
      try DurableFile(place).write([file.content[...]], lock: &lock, ignoresLocks: true)
    } catch {
      throw EngineError(.file, "the file could not be written: \(error.message)", place: place)
    }
  }
}
