import Glibc
import RealKernels

/// A pseudo-terminal for a test.
final class PseudoTerminal {
  private let descriptor: Int32
  /// The file that a program uses as its terminal.
  let path: String

  init() throws {
    descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // TIOCSPTLCK and TIOCGPTN, missing from Swift's Glibc: unlock it, and get its number.
    var isLocked: Int32 = 0
    var number: UInt32 = 0
    guard descriptor >= 0, ioctl(descriptor, 0x4004_5431, &isLocked) == 0,
      ioctl(descriptor, 0x8004_5430, &number) == 0
    else {
      throw RunningCommand.StartError(
        description: "no terminal: \(String(cString: strerror(errno)))")
    }
    path = "/dev/pts/\(number)"
  }

  deinit { close(descriptor) }

  /// Types text.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(descriptor, bytes, bytes.count)
  }

  /// The text shown since the last call, including echoes.
  func shown() -> String { String(decoding: shownBytes(), as: UTF8.self) }

  /// The same as bytes, which may end within a character.
  func shownBytes() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&item, 1, 0) == 1 else { return [] }
    let count = read(descriptor, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }

  /// Whether typed text is echoed.
  var echoes: Bool {
    var settings = termios()
    return tcgetattr(descriptor, &settings) == 0 && settings.c_lflag & UInt32(ECHO) != 0
  }
}
