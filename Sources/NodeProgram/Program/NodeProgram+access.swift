import JSONCore
import ObjectStorage
import Pipelines
import SystemSupport

extension StorageGrant {
  /// The name that stands for the run's folder in the places of a description.
  static let folderName = "FOLDER"
}

extension NodeProgram {
  /// Reads what the run may do with the storage; nil if it has credentials.
  ///
  /// - Throws: ``TransferProblem``; it has no signature.
  func readGrant() async throws(TransferProblem) -> StorageGrant? {
    guard let access, !access.isEmpty else { return nil }
    guard WebFile.isURL(access) else {
      throw TransferProblem("LYRE_ACCESS is not the URL that lyre pipeline submit has made")
    }
    let bytes: [UInt8]
    do throws(ObjectStorageError) {
      bytes = try await WebFile.get(access, environment: environment)
    } catch {
      throw TransferProblem(unreadable(error).description)
    }
    do throws(ObjectStorageError) {
      guard let json = try? JSONValue(parsing: bytes) else {
        throw ObjectStorageError(
          .usage, "the access to the storage cannot be used: it is not JSON",
          remedy: "Submit the pipeline again.")
      }
      return try StorageGrant(json)
    } catch {
      throw TransferProblem(error.description)
    }
  }

  /// The error of the URL itself, which says whether it has expired.
  private func unreadable(_ error: ObjectStorageError) -> ObjectStorageError {
    var error = error
    error.message = "the access to the storage " + error.message
    guard error.kind == .denied, let access, let end = StorageGrant.expiry(of: access) else {
      return error
    }
    let isOver = Int64(end) * 1_000_000_000 <= wallClockNanoseconds()
    if isOver {
      error.message +=
        ": the presigned URLs of the run held until \(StorageGrant.text(end))"
    }
    error.remedy =
      isOver
      ? StorageGrant.expiredRemedy
      : "The credentials that signed it may have ended: submit the pipeline again."
    return error
  }
}
