/// Why a received message was dropped.
public struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was wrong with it.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// There is no `<IDS|MSG>` frame.
    case missingDelimiter
    /// Fewer than five frames follow the delimiter.
    case tooFewFrames
    /// It has no signature, and must have one.
    case unsigned
    /// The signature is not that of the content and the key.
    case invalidSignature
    /// The signature was seen before: somebody sent a message again.
    case duplicateSignature
    /// A part is not JSON.
    case invalidJSON
    /// The header is not an object with a message type.
    case invalidHeader
  }

  /// What was wrong with it.
  public var code: Code

  /// Which part, and how.
  public var detail: String

  /// What was wrong, in words.
  public var description: String {
    let what =
      switch code {
      case .missingDelimiter: "no <IDS|MSG> delimiter"
      case .tooFewFrames: "too few frames"
      case .unsigned: "no signature"
      case .invalidSignature: "an invalid signature"
      case .duplicateSignature: "a signature that was used before"
      case .invalidJSON: "a part that is not JSON"
      case .invalidHeader: "no usable header"
      }
    return detail.isEmpty ? "a message with \(what)" : "a message with \(what) (\(detail))"
  }

  init(_ code: Code, _ detail: String = "") {
    self.code = code
    self.detail = detail
  }
}
