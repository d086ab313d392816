/// Why a path that was given to write to cannot be written.
package enum OutputRefusal: Error, Sendable, Hashable {
  /// It is empty, or holds a NUL.
  case unusable(String)
  /// It is a directory.
  case directory(String)
  /// The directory that it would lie in is not there.
  case noDirectory(String)
  /// A name in it is longer than names may be.
  case nameTooLong(String)
  /// It is something that takes no text: a socket, a disk.
  case wrongKind(String, kind: String)
  /// The program was not started with a descriptor of that number, or it is open for reading only.
  case noDescriptor(String)
  /// The system refuses.
  case refused(String, SystemError)
  /// Nobody reads the pipe.
  case noReader(String)
}

extension OutputRefusal: CustomStringConvertible {
  /// What is wrong, with the path.
  package var description: String {
    switch self {
    case .unusable(let path): "'\(path)' is not a path"
    case .directory(let path): "'\(path)' is a directory"
    case .noDirectory(let path): "there is no directory '\(path)'"
    case .nameTooLong(let path): "'\(path)' cannot be written: the name is too long"
    case .wrongKind(let path, let kind): "'\(path)' is a \(kind), not a file"
    case .noDescriptor(let path): "'\(path)' is not open for writing"
    case .refused(let path, let error): "'\(path)' cannot be written: \(error)"
    case .noReader(let path): "'\(path)' is a pipe without a reader; start the reader first"
    }
  }
}
