/// Why a received message was dropped.
public struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The reason.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// There is no `<IDS|MSG>` frame.
    case missingDelimiter
    /// Fewer than five frames follow the delimiter.
    case tooFewFrames
    /// It has no signature, but a signature is required.
    case unsigned
    /// The signature does not match the content and the key.
    case invalidSignature
    /// The signature was received before: the message was sent again.
    case duplicateSignature
    /// A part is not JSON.
    case invalidJSON
    /// The header is not an object with a message type.
    case invalidHeader
  }

  /// The reason.
  public var code: Code

  /// Which part is wrong, and how.
  public var detail: String

  /// The reason in words.
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
