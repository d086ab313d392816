import ObjectStorage
import RemoteEngines

extension Submission {
  /// That the signed URLs of the run have expired, and what to do; nil if it has none, or they hold.
  ///
  /// - Parameter time: when, in nanoseconds since 1970-01-01 00:00 UTC.
  func expiredAccess(at time: Int64) -> String? {
    guard let accessExpires, accessExpires <= time else { return nil }
    let end = StorageGrant.text(Int(accessExpires / 1_000_000_000))
    return
      "the presigned URLs of the run held until \(end), and its nodes can neither read nor write files "
      + "since then. \(StorageGrant.expiredRemedy)"
  }
}
