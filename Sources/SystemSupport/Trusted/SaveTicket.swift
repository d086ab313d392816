import CSystemShims
import Glibc

/// A note in the user's own state that a run of this user has stored data beside a file, or
/// elsewhere, from which its result can be completed after a crash.
///
/// Only data with a ticket is used: a file that merely has the path of Lyre's own may be from
/// anyone, for example from an archive or a clone.
package struct SaveTicket: Sendable, Hashable {
  /// The kind of data.
  package enum Kind: String, Sendable {
    /// A complete copy of the content being written over the file.
    case copy
    /// A journal of a run.
    case journal
  }

  package var kind: Kind
  /// The real path of the file.
  package var file: String
  /// The path of the data.
  package var data: String
  /// The expected proof in the data: the checksum of a copy, the token of a journal.
  package var proof: String
  /// The signature of the file when the ticket was created.
  package var before: String

  /// Creates a ticket for a file.
  package init(
    _ kind: Kind, for file: String, data: String, proof: String, before: FileSignature?
  ) {
    self.kind = kind
    self.file = file
    self.data = data
    self.proof = proof
    self.before = before.map(SaveTicket.text) ?? ""
  }

  /// The form of a signature in tickets.
  package static func text(_ signature: FileSignature) -> String {
    "\(signature.identity.inode) \(signature.size) \(signature.seconds).\(signature.nanoseconds)"
  }

  /// The ticket of a kind for a file; nil if there is none.
  package static func find(_ kind: Kind, for file: String) -> SaveTicket? {
    for directory in StateDirectory.all("saves") {
      if let ticket = read("\(directory)/\(name(kind, file))"), ticket.kind == kind,
        ticket.file == file
      {
        return ticket
      }
    }
    return nil
  }

  /// All tickets of a kind.
  static func all(_ kind: Kind) -> [SaveTicket] {
    StateDirectory.all("saves").flatMap { directory in
      FilePath.names(in: directory).filter { $0.hasSuffix(".\(kind.rawValue)") }
        .compactMap { read("\(directory)/\($0)") }
    }
  }

  private static func read(_ path: String) -> SaveTicket? {
    guard let descriptor = try? Trust.openFile(path) else { return nil }
    defer { close(descriptor) }
    guard let bytes = try? readAll(descriptor, maximum: 1 << 20) else { return nil }
    let fields = bytes.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count == 7, fields[0] == "lyre-save 1", let kind = Kind(rawValue: fields[1]),
      fields[6] == "end"
    else { return nil }
    return SaveTicket(
      kind: kind, file: fields[2], data: fields[3], proof: fields[4], before: fields[5])
  }

  /// Stores the ticket in the user's state.
  ///
  /// - Throws: ``SystemError`` when it cannot be written anywhere.
  package func put() throws(SystemError) {
    guard let directory = StateDirectory.make("saves") else { throw SystemError(EACCES) }
    let path = "\(directory)/\(SaveTicket.name(kind, file))"
    try SystemStep.openTicket.reach()
    // If this program is killed before the file has its name, the guardian removes it.
    var template = Array("\(path).XXXXXX".utf8CString)
    let descriptor = lyre_make_guarded_file(&template, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
    let new = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { lyre_unguard_path(new) }
    let fields = ["lyre-save 1", kind.rawValue, file, data, proof, before, "end"]
    do throws(SystemError) {
      defer { close(descriptor) }
      try writeAll(descriptor, Array(fields.joined(separator: "\0").utf8)[...])
      guard fsync(descriptor) == 0 else { throw SystemError() }
    } catch {
      unlink(new)
      throw error
    }
    do throws(SystemError) {
      try SystemStep.placeTicket.reach()
      guard rename(new, path) == 0 else { throw SystemError() }
    } catch {
      unlink(new)
      throw error
    }
    syncDirectory(directory)
  }

  /// Removes the ticket, because its data has been used or is no longer needed.
  package func remove() {
    for directory in StateDirectory.all("saves") {
      let path = "\(directory)/\(SaveTicket.name(kind, file))"
      if SaveTicket.find(kind, for: file)?.data == data { unlink(path) }
    }
  }

  /// The path for data that cannot be beside its file; nil if there is none.
  package static func dataPath(_ kind: Kind, for file: String) -> String? {
    StateDirectory.make("saves").map { "\($0)/\(name(kind, file)).data" }
  }

  /// Creates an unpredictable token.
  package static func token() -> String {
    var generator = SystemRandomNumberGenerator()
    let (a, b) = (generator.next() as UInt64, generator.next() as UInt64)
    return String(a, radix: 16) + "-" + String(b, radix: 16)
  }

  private init(kind: Kind, file: String, data: String, proof: String, before: String) {
    self.kind = kind
    self.file = file
    self.data = data
    self.proof = proof
    self.before = before
  }

  private static func name(_ kind: Kind, _ file: String) -> String {
    var sum = Checksum()
    Array(file.utf8).withUnsafeBytes { sum.add($0) }
    return "\(sum.text).\(kind.rawValue)"
  }
}

/// A checksum that detects accidents, not attacks: no other user can write the value it is compared
/// with.
package struct Checksum: Sendable {
  private var value: UInt64 = 0xCBF2_9CE4_8422_2325
  private var count: UInt64 = 0

  package init() {}

  /// Adds bytes; how they are split into pieces does not change the sum.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    // FNV-1a, byte by byte.
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    count += UInt64(bytes.count)
  }

  /// The sum and the number of bytes.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits + "-\(count)"
  }
}
