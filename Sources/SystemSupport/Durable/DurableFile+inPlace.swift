import CSystemShims
import Glibc

extension DurableFile {
  /// Overwrites the content in place, after storing a complete copy from which this can be
  /// completed.
  func overwrite(_ target: String, _ content: [ArraySlice<UInt8>]) throws(WriteFailure) {
    let copy: SaveTicket
    do throws(SystemError) {
      // Before the copy, because its ticket contains the file's signature, and this changes its
      // time.
      try DurableFile.reserve(target, content.reduce(0) { $0 + $1.count })
      copy = try DurableFile.makeCopy(of: content, for: target)
    } catch {
      throw refusal(error)
    }
    do throws(SystemError) {
      try DurableFile.put(content, into: target)
    } catch {
      // If it cannot be undone either, it is completed from the copy later.
      if DurableFile.isTorn(target) {
        throw WriteFailure(
          message: "'\(path)' cannot be written: \(error); it is partly written; "
            + "`lyre recover` completes it from '\(copy.data)'")
      }
      DurableFile.drop(copy)
      throw refusal(error)
    }
    DurableFile.drop(copy)
  }

  /// Whether a file begins with the mark of an interrupted write in place.
  static func isTorn(_ path: String) -> Bool {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var first: UInt8 = 1
    return pread(descriptor, &first, 1, 0) == 1 && first == 0
  }

  // MARK: The copy

  /// The path of the copy while a file is written in place.
  package static func copyPath(_ path: String) -> String { FilePath.hidden(path, "lyre-copy") }

  /// Writes a copy and a ticket for it: beside the file, or in the user's state.
  private static func makeCopy(of content: [ArraySlice<UInt8>], for target: String)
    throws(SystemError) -> SaveTicket
  {
    var sum = Checksum()
    for piece in content { piece.withUnsafeBytes { sum.add($0) } }
    var failure = SystemError(EACCES)
    let places = [copyPath(target), SaveTicket.dataPath(.copy, for: target)].compactMap(\.self)
    for (number, place) in places.enumerated() {
      do throws(SystemError) {
        // Files in the user's state belong to this program.
        if number > 0 { unlink(place) } else { try SystemStep.openCopy.reach() }
        try write(content, to: place)
      } catch {
        failure = error
        continue
      }
      defer { lyre_unguard_path(place) }
      let ticket = SaveTicket(
        .copy, for: target, data: place, proof: sum.text, before: FileSignature(target))
      do throws(SystemError) {
        try ticket.put()
      } catch {
        // Without a ticket the user can still name a copy beside the file to `lyre recover`.
        if number > 0 {
          unlink(place)
          throw error
        }
      }
      return ticket
    }
    throw failure
  }

  /// Writes the copy, which stays guarded until there is a ticket for it.
  private static func write(_ content: [ArraySlice<UInt8>], to place: String) throws(SystemError) {
    let descriptor = lyre_make_guarded_file_named(place, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
    defer { close(descriptor) }
    do throws(SystemError) {
      try SystemStep.writeCopy.reach()
      for piece in content { try writeAll(descriptor, piece) }
      try SystemStep.syncCopy.reach()
      guard fsync(descriptor) == 0 else { throw SystemError() }
    } catch {
      unlink(place)
      lyre_unguard_path(place)
      throw error
    }
    syncDirectory(FilePath.parts(place).directory)
  }

  /// Removes the copy, then its ticket, so that no copy is left without a ticket.
  static func drop(_ ticket: SaveTicket) {
    try? SystemStep.removeCopy.reach()
    unlink(ticket.data)
    try? SystemStep.removeTicket.reach()
    ticket.remove()
  }

  // MARK: The same file

  /// Reserves disk space, so that a full disk is detected before anything is lost.
  ///
  /// Not every file system supports this.
  private static func reserve(_ target: String, _ count: Int) throws(SystemError) {
    try SystemStep.reserve.reach(unless: [EOPNOTSUPP, ENOSYS])
    let descriptor = Glibc.open(target, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw SystemError() }
    defer { close(descriptor) }
    if count > 0, lyre_reserve(descriptor, off_t(count)) != 0,
      [ENOSPC, EFBIG, EDQUOT].contains(errno)
    {
      throw SystemError()
    }
  }

  /// Overwrites a file's content: the first byte is zero until all others are on disk, so that an
  /// incomplete file is not mistaken for a complete one.
  static func put(_ content: [ArraySlice<UInt8>], into target: String) throws(SystemError) {
    try SystemStep.open.reach()
    var descriptor = Glibc.open(target, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    if descriptor < 0, errno == EACCES {
      descriptor = Glibc.open(target, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    }
    guard descriptor >= 0 else { throw SystemError() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemError() }
    let count = content.reduce(0) { $0 + $1.count }
    // The old content certainly fits; it is restored if the new one does not.
    let isTorn = isTorn(target)
    let old = isTorn || status.st_size > 1 << 30 ? nil : read(descriptor, Int(status.st_size))
    do throws(SystemError) {
      try write(content, count, over: descriptor)
    } catch {
      guard let old else { throw error }
      try? write([old[...]], old.count, over: descriptor)
      throw error
    }
  }

  private static func write(
    _ content: [ArraySlice<UInt8>], _ count: Int, over descriptor: Int32
  ) throws(SystemError) {
    if count > 0 {
      try SystemStep.mark.reach()
      var mark: UInt8 = 0
      guard pwrite(descriptor, &mark, 1, 0) == 1, fdatasync(descriptor) == 0,
        lseek(descriptor, 1, SEEK_SET) == 1
      else { throw SystemError() }
      try SystemStep.overwrite.reach()
      var skipped = 0
      for piece in content {
        let rest = skipped == 0 ? piece.dropFirst() : piece
        if !piece.isEmpty { skipped = 1 }
        try writeAll(descriptor, rest)
      }
    }
    try SystemStep.truncate.reach()
    guard ftruncate(descriptor, off_t(count)) == 0 else { throw SystemError() }
    try SystemStep.syncContent.reach()
    guard fdatasync(descriptor) == 0 else { throw SystemError() }
    if var first = content.first(where: { !$0.isEmpty })?.first {
      try SystemStep.unmark.reach()
      guard pwrite(descriptor, &first, 1, 0) == 1 else { throw SystemError() }
      try SystemStep.syncFile.reach()
      guard fsync(descriptor) == 0 else { throw SystemError() }
    }
  }

  private static func read(_ descriptor: Int32, _ size: Int) -> [UInt8]? {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
    return try? readAll(descriptor, maximum: size + 1)
  }
}

extension SystemStep {
  /// Like ``reach()``, but a failure with one of the given numbers is treated as an unsupported
  /// call.
  func reach(unless numbers: [Int32]) throws(SystemError) {
    do throws(SystemError) {
      try reach()
    } catch {
      if !numbers.contains(error.number) { throw error }
    }
  }
}
