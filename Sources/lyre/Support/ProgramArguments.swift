import CSystemShims
import Glibc

/// The command line from the C library.
///
/// `CommandLine.arguments` reads /proc/self/cmdline, which a chroot, a sandbox or a preloaded
/// library may hide; the program would then appear to have no arguments.
enum ProgramArguments {
  /// The arguments, starting with the program's name.
  ///
  /// - Throws: ``UsageError`` if they are unknown, or if one is not valid text.
  static func all() throws(UsageError) -> [String] {
    let count = lyre_argument_count()
    guard count > 0 else {
      let arguments = CommandLine.arguments
      guard arguments.isEmpty else { return arguments }
      throw UsageError(
        message: "the command line cannot be read; is /proc mounted? Nothing was done")
    }
    var arguments: [String] = []
    for place in 0..<count {
      guard let argument = lyre_argument(place) else { continue }
      if let text = String(validatingCString: argument) {
        arguments.append(text)
      } else if place == 0 {
        arguments.append(String(cString: argument))
      } else {
        throw UsageError(message: refusal(argument, place))
      }
    }
    return arguments
  }

  /// The message about an invalid name; with its invalid bytes replaced, it would name another
  /// file.
  private static func refusal(_ argument: UnsafePointer<CChar>, _ place: Int32) -> String {
    let bytes = UnsafeBufferPointer(start: argument, count: strlen(argument))
    return "argument \(place) is not UTF-8: \(quoted(bytes.map { UInt8(bitPattern: $0) })). "
      + "Rename the file, or name it from another folder or through a link"
  }

  /// Bytes in a shell's notation: `$'caf\xE9.ipynb'`.
  static func quoted(_ bytes: [UInt8]) -> String {
    var result = "$'"
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\\"):
        result += "\\" + String(UnicodeScalar(byte))
      case 0x20..<0x7F: result.unicodeScalars.append(UnicodeScalar(byte))
      default: result += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result + "'"
  }
}
