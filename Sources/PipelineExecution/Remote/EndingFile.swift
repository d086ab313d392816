import CSystemShims
import Glibc
import JSONCore
import Pipelines
import SystemSupport

/// The file that says how a node ended, which gets its name once it is complete.
///
/// Space is reserved for it at the start, so that a node that fills the disk can still say so.
struct EndingFile: ~Copyable {
  /// Enough for a message and the end of standard error.
  private static let reserved = 32 << 10

  private let path: String
  private let part: String
  private let descriptor: Int32

  /// Creates the file without its name.
  ///
  /// - Parameter folder: the folder of the results.
  /// - Throws: `SystemError`, also if there is no room for it.
  init(in folder: String) throws(SystemError) {
    path = "\(folder)/\(NodeDescription.endingName)"
    part = "\(folder)/.\(NodeDescription.endingName).part"
    descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
    if lyre_reserve(descriptor, off_t(EndingFile.reserved)) == 0 { return }
    let failure = SystemError()
    // Some file systems cannot reserve.
    guard failure.number == ENOSPC || failure.number == EDQUOT else { return }
    unlink(part)
    close(descriptor)
    throw failure
  }

  deinit { close(descriptor) }

  /// Writes the ending; without details if there is no room for them.
  ///
  /// - Throws: `SystemError`.
  func write(_ ending: NodeEnding) throws(SystemError) {
    do throws(SystemError) {
      try write(ending.json)
    } catch {
      guard error.number == ENOSPC || error.number == EDQUOT || error.number == EFBIG else {
        throw error
      }
      var short = ending
      short.result.cells = []
      short.result.message = ending.result.message.map { String($0.prefix(2000)) }
      short.result.standardErrorTail = String(ending.result.standardErrorTail.suffix(2000))
      try write(short.json)
    }
    guard rename(part, path) == 0 else { throw SystemError() }
  }

  private func write(_ json: JSONValue) throws(SystemError) {
    let text = json.serialized(.pretty) + [0x0A]
    lseek(descriptor, 0, SEEK_SET)
    try writeAll(descriptor, text[...])
    guard ftruncate(descriptor, off_t(text.count)) == 0, fsync(descriptor) == 0 else {
      throw SystemError()
    }
  }
}
