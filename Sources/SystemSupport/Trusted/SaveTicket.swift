import CSystemShims
import Glibc

/// A note in the user's own state that this user's run has put something beside a file, or
/// elsewhere, from which its result can be finished after a crash.
///
/// Only what a ticket names is taken up: a file that merely lies where Lyre would put its own may
/// be anybody's, out of an archive or a clone.
package struct SaveTicket: Sendable, Hashable {
  /// What it is a ticket for.
  package enum Kind: String, Sendable {
    /// A whole copy of what is being written over the file.
    case copy
    /// A journal of a run.
    case journal
  }

  package var kind: Kind
  /// The file, without links.
  package var file: String
  /// Where the data is.
  package var data: String
  /// What the data must say: the checksum of a copy, the token of a journal.
  package var proof: String
  /// What the file looked like when the ticket was made.
  package var before: String

  /// A ticket for a file.
  package init(
    _ kind: Kind, for file: String, data: String, proof: String, before: FileSignature?
  ) {
    self.kind = kind
    self.file = file
    self.data = data
    self.proof = proof
    self.before = before.map(SaveTicket.text) ?? ""
  }

  /// A signature as tickets have it.
  package static func text(_ signature: FileSignature) -> String {
    "\(signature.identity.inode) \(signature.size) \(signature.seconds).\(signature.nanoseconds)"
  }

  /// The ticket of that kind for a file; nil when there is none.
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

  /// Puts the ticket into the user's state.
  ///
  /// - Throws: ``SystemError`` when it cannot be written anywhere.
  package func put() throws(SystemError) {
    guard let directory = StateDirectory.make("saves") else { throw SystemError(EACCES) }
    let path = "\(directory)/\(SaveTicket.name(kind, file))"
    try SystemStep.openTicket.reach()
    // Should this program be killed before it has its name, it is removed all the same.
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

  /// Takes the ticket away: what it named is in the file, or is given up.
  package func remove() {
    for directory in StateDirectory.all("saves") {
      let path = "\(directory)/\(SaveTicket.name(kind, file))"
      if SaveTicket.find(kind, for: file)?.data == data { unlink(path) }
    }
  }

  /// Where data can be that has no place beside its file; nil when nowhere.
  package static func dataPath(_ kind: Kind, for file: String) -> String? {
    StateDirectory.make("saves").map { "\($0)/\(name(kind, file)).data" }
  }

  /// A new token that nobody can guess.
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

/// A checksum that tells accidents, not attacks: what it is compared with nobody else can write.
package struct Checksum: Sendable {
  private var value: UInt64 = 0xCBF2_9CE4_8422_2325
  private var count: UInt64 = 0

  package init() {}

  /// Adds bytes; how they are cut into stretches makes no difference to the sum.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    // FNV-1a, a byte at a time.
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    count += UInt64(bytes.count)
  }

  /// The sum and the count of the bytes.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits + "-\(count)"
  }
}
