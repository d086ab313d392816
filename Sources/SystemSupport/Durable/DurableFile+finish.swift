import Glibc

extension DurableFile {
  /// What was made of the copy that a crash has left.
  package enum Finished: Sendable, Hashable {
    /// There was none.
    case nothing
    /// The file holds what was being written now.
    case finished
    /// Somebody has written the file since: this is what was being written, and where.
    case changed(content: [UInt8], copy: String)
    /// What should be the copy is not it.
    case untrusted(copy: String, why: String)
  }

  /// Finishes a write in place that was cut off.
  ///
  /// The caller holds the file's lock: whoever writes it has the copy in use.
  ///
  /// - Throws: ``WriteFailure`` when the file cannot be written; the copy is then still there.
  package func finish() throws(WriteFailure) -> Finished {
    let target = FilePath.target(path)
    guard let ticket = DurableFile.ticket(for: target) else { return .nothing }
    let content: [UInt8]
    do throws(Distrust) {
      guard let descriptor = try Trust.openFile(ticket.data) else {
        // It was removed last of all, or never came to be.
        ticket.remove()
        return .nothing
      }
      defer { close(descriptor) }
      guard let bytes = try? readAll(descriptor, maximum: 4 << 30) else { throw .unopened(EIO) }
      content = bytes
    } catch {
      return .untrusted(copy: ticket.data, why: "\(error)")
    }
    var sum = Checksum()
    content.withUnsafeBytes { sum.add($0) }
    guard sum.text == ticket.proof else {
      return .untrusted(copy: ticket.data, why: "does not contain what the run wrote")
    }
    let present = FileSignature(target)
    let isUntouched = present.map(SaveTicket.text) == ticket.before
    if isUntouched || DurableFile.isTorn(target) && isSameFile(present, ticket) {
      do throws(SystemError) {
        // The copy is there already: nothing is lost should this be cut off too.
        try DurableFile.put([content[...]], into: target)
      } catch {
        throw refusal(error)
      }
    } else if (try? fileContent(target, maximum: 4 << 30)) != content {
      return .changed(content: content, copy: ticket.data)
    }
    DurableFile.drop(ticket)
    return .finished
  }

  /// Whether a file is still the one that was being written.
  private func isSameFile(_ present: FileSignature?, _ ticket: SaveTicket) -> Bool {
    present.map { ticket.before.hasPrefix("\($0.identity.inode) ") } ?? false
  }

  /// Whether there is a copy of this user's from which a write can be finished.
  package var hasCopy: Bool { DurableFile.ticket(for: FilePath.target(path)) != nil }

  /// Removes the copy that ``finish()`` has told of.
  package func dropCopy() {
    if let ticket = DurableFile.ticket(for: FilePath.target(path)) { DurableFile.drop(ticket) }
  }

  /// The ticket for a file; for one that is half written also under its other names.
  private static func ticket(for target: String) -> SaveTicket? {
    if let ticket = SaveTicket.find(.copy, for: target) { return ticket }
    guard isTorn(target), let inode = FileIdentity(target)?.inode else { return nil }
    return SaveTicket.all(.copy).first { $0.before.hasPrefix("\(inode) ") }
  }
}
