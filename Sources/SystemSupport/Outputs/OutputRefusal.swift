/// An error: a path cannot be written to.
package enum OutputRefusal: Error, Sendable, Hashable {
  /// It is empty, or contains a NUL byte.
  case unusable(String)
  /// It is a directory.
  case directory(String)
  /// Its directory does not exist.
  case noDirectory(String)
  /// A name in it is too long.
  case nameTooLong(String)
  /// It is a file that accepts no text: a socket, a disk.
  case wrongKind(String, kind: String)
  /// The program was not started with this descriptor, or it is read-only.
  case noDescriptor(String)
  /// The system rejects it.
  case refused(String, SystemError)
  /// The pipe has no reader.
  case noReader(String)
}

extension OutputRefusal: CustomStringConvertible {
  /// The reason, with the path.
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
