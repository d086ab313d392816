import Glibc
import SystemSupport

/// The program `lyre` that runs nodes in containers and on other machines: it must be the static
/// one, which needs nothing of the place where it runs.
package enum PortableProgram {
  /// Why there is no such program.
  package struct Problem: Error, CustomStringConvertible {
    /// What is wrong, and the remedy.
    package var description: String
  }

  /// The variable that names the program.
  package static let variable = "LYRE_NODE_PROGRAM"

  /// Finds the program.
  ///
  /// - Parameters:
  ///   - named: its path, as given by an option; nil for the one that ``variable`` names, or else
  ///     this program itself.
  ///   - environment: the variables of this program.
  /// - Returns: its real path.
  /// - Throws: ``Problem``.
  package static func find(named: String?, environment: [String: String]) throws(Problem) -> String
  {
    let variable = environment[PortableProgram.variable].flatMap { $0.isEmpty ? nil : $0 }
    let path = named ?? variable ?? "/proc/self/exe"
    let origin =
      named.map { "--node-program '\($0)'" }
      ?? variable.map { "\(PortableProgram.variable) '\($0)'" }
    let name = origin ?? "this lyre"
    guard let real = FilePath.real(path), FilePath.isExecutable(real) else {
      throw Problem(
        description: origin.map { "\($0) cannot be run" }
          ?? "the file of this lyre cannot be found; \(remedy)")
    }
    let head: [UInt8]
    do throws(SystemError) {
      head = try PortableProgram.head(of: real)
    } catch {
      throw Problem(description: "\(name) cannot be read: \(error)")
    }
    switch ProgramKind(of: head) {
    case .isStatic: return real
    case .isDynamic(let loader):
      throw Problem(
        description:
          "\(name) (\(real)) needs \(loader) and shared libraries, which other places do not have; "
          + remedy)
    case .isNoProgram:
      throw Problem(
        description: "\(name) (\(real)) is not a program for 64-bit Linux; \(remedy)")
    }
  }

  private static let remedy =
    "use lyre's static program (of a release, of pip's package, or of scripts/static-build), or "
    + "name it with --node-program or \(variable)"

  private static func head(of path: String) throws(SystemError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError() }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count >= 0 else { throw SystemError() }
    return Array(bytes.prefix(count))
  }
}

/// What the first bytes of a file say about it as a program.
enum ProgramKind: Hashable {
  /// It needs no loader, and thus no library.
  case isStatic
  /// It needs a loader.
  case isDynamic(loader: String)
  /// It is not an ELF program of 64 bits.
  case isNoProgram

  /// Reads the header of an ELF file and its list of segments.
  ///
  /// - Parameter bytes: the beginning of the file.
  init(of bytes: [UInt8]) {
    func number(_ offset: Int, _ size: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - size else { return nil }
      let value = bytes[offset..<offset + size].reversed().reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      }
      return Int(exactly: value)
    }
    // 64 bits, and the lowest byte first.
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let kind = number(16, 2),
      kind == 2 || kind == 3, let table = number(32, 8), let size = number(54, 2),
      let count = number(56, 2), size >= 56, count > 0
    else {
      self = .isNoProgram
      return
    }
    for index in 0..<count {
      let (entry, overflows) = table.addingReportingOverflow(index * size)
      // The whole entry, of which the last field is the alignment.
      guard !overflows, entry <= bytes.count, number(entry + 48, 8) != nil,
        let type = number(entry, 4)
      else {
        self = .isNoProgram
        return
      }
      guard type == 3 else { continue }
      var loader = "a loader"
      if let start = number(entry + 8, 8), let length = number(entry + 32, 8),
        start < bytes.count, length <= 4096
      {
        let name = bytes[start...].prefix(length).prefix { $0 != 0 }
        loader = String(decoding: name, as: UTF8.self)
      }
      self = .isDynamic(loader: loader)
      return
    }
    self = .isStatic
  }
}
