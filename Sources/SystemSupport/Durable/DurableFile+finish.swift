import Glibc

extension DurableFile {
  /// The result of completing an interrupted write from its copy.
  package enum Finished: Sendable, Hashable {
    /// There was no copy.
    case nothing
    /// The file now contains the new content.
    case finished
    /// The file was changed since; has the content of the interrupted write, and the path of the
    /// copy.
    case changed(content: [UInt8], copy: String)
    /// The file at the copy's path is not the copy.
    case untrusted(copy: String, why: String)
  }

  /// Completes an interrupted write in place.
  ///
  /// The caller holds the file's lock, because a program that writes the file uses the copy.
  ///
  /// - Throws: ``WriteFailure`` when the file cannot be written; the copy is then still there.
  package func finish() throws(WriteFailure) -> Finished {
    let target = FilePath.target(path)
    guard let ticket = DurableFile.ticket(for: target) else { return .nothing }
    let content: [UInt8]
    do throws(Distrust) {
      guard let descriptor = try Trust.openFile(ticket.data) else {
        // The copy was removed last, or was never created.
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
        // The copy already exists: nothing is lost if this is interrupted too.
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

  /// Whether this user has a copy from which a write can be completed.
  package var hasCopy: Bool { DurableFile.ticket(for: FilePath.target(path)) != nil }

  /// Removes the copy that ``finish()`` has returned.
  package func dropCopy() {
    if let ticket = DurableFile.ticket(for: FilePath.target(path)) { DurableFile.drop(ticket) }
  }

  /// The ticket for a file; for a half-written file also a ticket under its other names.
  private static func ticket(for target: String) -> SaveTicket? {
    if let ticket = SaveTicket.find(.copy, for: target) { return ticket }
    guard isTorn(target), let inode = FileIdentity(target)?.inode else { return nil }
    return SaveTicket.all(.copy).first { $0.before.hasPrefix("\(inode) ") }
  }
}
