import JSONCore
import JupyterProtocol

/// A fault in one message: the words after `with` in a script.
enum Fault: String, CaseIterable, Sendable {
  // Faults of the content.
  /// The parent is a message that does not exist.
  case wrongParent = "wrong-parent"
  /// The parent is `{}`.
  case noParent = "no-parent"
  /// The parent is `null`.
  case nullParent = "null-parent"
  /// The header has no date.
  case noDate = "no-date"
  /// The header's date is not valid.
  case oddDate = "odd-date"
  /// The header has no version.
  case noVersion = "no-version"
  /// The header has only a type and an id.
  case bareHeader = "bare-header"
  /// The header is `[]`.
  case noHeader = "no-header"
  /// The content is `null`.
  case nullContent = "null-content"
  /// The content has a member `value` that is NaN.
  case nan
  /// The content has 100,000 nested arrays.
  case deep
  /// On iopub: no topic frame.
  case noTopic = "no-topic"

  // Faults of the encoding.
  /// The content is not JSON; the signature is correct.
  case notJSON = "not-json"
  /// Each é of the content is a single byte, as in Latin-1; the signature is correct.
  case invalidUTF8 = "invalid-utf8"

  // Faults of sending.
  /// The signature has the right form but is wrong.
  case badSignature = "bad-signature"
  /// The signature has two digits.
  case shortSignature = "short-signature"
  /// The signature is empty.
  case unsigned
  /// The same frames are sent twice.
  case replay
  /// The content frame is missing.
  case fewFrames = "few-frames"
  /// Nothing follows the delimiter.
  case delimiterOnly = "delimiter-only"
  /// There is no delimiter.
  case noDelimiter = "no-delimiter"
  /// The message is one empty frame.
  case emptyFrame = "empty-frame"

  /// The faults in a list such as `replay,no-date`; nil if it contains an unknown one.
  static func list(_ text: Substring) -> [Fault]? {
    let names = text.split(separator: ",")
    let faults = names.compactMap { Fault(rawValue: String($0)) }
    return faults.count == names.count ? faults : nil
  }

  /// Changes the values of the message.
  func apply(header: inout JSONValue, parent: inout JSONValue, content: inout JSONValue) {
    switch self {
    case .wrongParent:
      guard case .object(var object) = parent else { return }
      object["msg_id"] = "nobody-sent-this"
      parent = .object(object)
    case .noParent: parent = [:]
    case .nullParent: parent = nil
    case .noDate: header.remove("date")
    case .oddDate: header.set("date", "yesterday")
    case .noVersion: header.remove("version")
    case .bareHeader:
      header = ["msg_id": header["msg_id"] ?? "", "msg_type": header["msg_type"] ?? ""]
    case .noHeader: header = []
    case .nullContent: content = nil
    case .nan: content.set("value", .init(Double.nan))
    default: break
    }
  }

  /// Changes the encoded content.
  func apply(content: inout [UInt8]) {
    switch self {
    case .notJSON: content = Array("{'name': stdout".utf8)
    case .deep:
      let depth = 100_000
      content =
        Array(#"{"name":"stdout","text":"#.utf8) + [UInt8](repeating: 0x5B, count: depth)
        + [UInt8](repeating: 0x5D, count: depth) + [0x7D]
    case .invalidUTF8:
      var latin: [UInt8] = []
      var index = 0
      while index < content.count {
        if content[index] == 0xC3, index + 1 < content.count, content[index + 1] == 0xA9 {
          latin.append(0xE9)
          index += 2
        } else {
          latin.append(content[index])
          index += 1
        }
      }
      content = latin
    default: break
    }
  }
}

extension JSONValue {
  /// Sets a member if the value is an object.
  mutating func set(_ key: String, _ value: JSONValue) {
    guard case .object(var object) = self else { return }
    object[key] = value
    self = .object(object)
  }

  /// Removes a member if the value is an object that has it.
  mutating func remove(_ key: String) {
    guard case .object(var object) = self else { return }
    object[key] = nil
    self = .object(object)
  }
}
