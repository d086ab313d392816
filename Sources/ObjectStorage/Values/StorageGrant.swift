import JSONCore

/// What the nodes of one run may do with the object storage without credentials: signed URLs for objects
/// whose keys are known, and a signed form for all that they write.
///
/// Everyone who has it may do the same until it expires. Its description has no signature, so that it can
/// be printed by accident.
package struct StorageGrant: Sendable, Hashable, CustomStringConvertible {
  /// A form with which objects can be written whose keys begin with a text.
  package struct Form: Sendable, Hashable {
    /// A field of the form.
    package struct Field: Sendable, Hashable {
      /// Its name.
      package var name: String
      /// Its value.
      package var value: String
    }

    /// Where the form is sent.
    package var url: String
    /// The bucket, and the beginning of the keys.
    package var prefix: ObjectLocation
    /// The fields that are sent with each object, with the signature.
    package var fields: [Field]
    /// How many bytes an object may have.
    package var largest: Int
  }

  /// The name of the run's folder, which stands for `${FOLDER}` in descriptions of nodes.
  package var folder: String
  /// When it expires, in seconds since 1970-01-01 00:00 UTC.
  package var expires: Int
  /// The URLs for reading, by the objects.
  package var reads: [ObjectLocation: String]
  /// The URLs for listing one level, by the beginnings of the keys.
  package var lists: [ObjectLocation: String]
  /// The form for writing.
  package var form: Form

  /// The largest object that one request may write, in S3's interface.
  package static let largestObject = 5 << 30

  /// When it expires, for people.
  package var expiresText: String { StorageGrant.text(expires) }

  /// A time for people, such as `2026-12-01 16:13:00 UTC`.
  ///
  /// - Parameter seconds: the time in seconds since 1970-01-01 00:00 UTC.
  package static func text(_ seconds: Int) -> String {
    let text = JSONDate.text(nanoseconds: Int64(seconds) * 1_000_000_000, digits: 6)
    return text.prefix(19).replacing("T", with: " ") + " UTC"
  }

  /// When it expires only.
  package var description: String { "access until \(expiresText)" }
}

extension StorageGrant: CustomReflectable {
  /// When it expires only, for `dump` and messages of tests.
  package var customMirror: Mirror { Mirror(self, children: ["expires": expiresText]) }
}

extension StorageGrant {
  /// When a signed URL expires, in seconds since 1970-01-01 00:00 UTC; nil if it does not say.
  package static func expiry(of url: String) -> Int? {
    var values: [String: String] = [:]
    for pair in url.split(separator: "?", maxSplits: 1).dropFirst().joined().split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1)
      if halves.count == 2 { values[halves[0].lowercased()] = String(halves[1]) }
    }
    guard let stamp = values["x-amz-date"].map({ Array($0.utf8) }), stamp.count == 16,
      let length = values["x-amz-expires"].flatMap({ Int($0) }), (0...604_800).contains(length)
    else { return nil }
    func digits(_ range: Range<Int>) -> String { String(decoding: stamp[range], as: UTF8.self) }
    let date = "\(digits(0..<4))-\(digits(4..<6))-\(digits(6..<8))"
    let clock = "\(digits(9..<11)):\(digits(11..<13)):\(digits(13..<15))"
    return JSONDate.nanoseconds("\(date)T\(clock)Z").map { Int($0 / 1_000_000_000) + length }
  }

  /// A text without signatures: servers may repeat what they were sent.
  func redacted(_ text: String) -> String {
    let tokens = form.fields.filter { $0.name == "x-amz-security-token" || $0.name == "policy" }
    var text = tokens.reduce(text) { $0.replacing($1.value, with: "***") }
    for signature in text.split(whereSeparator: { !($0.isASCII && $0.isHexDigit) })
    where signature.utf8.count >= 64 {
      text = text.replacing(signature, with: "***")
    }
    return text
  }
}
