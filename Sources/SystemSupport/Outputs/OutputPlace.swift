import Glibc

/// A path to write to, checked once before anything runs: what kind of file it is, and whether it
/// can be written.
///
/// The kind determines how it is written: a file is replaced as a whole, a pipe or a device
/// receives the text.
package struct OutputPlace: Sendable, Hashable {
  /// The kind of file at a path.
  package enum Kind: Sendable, Hashable {
    /// A regular file, or one that will be created.
    case file(isThere: Bool)
    /// A descriptor with which this program was started: `-`, `/dev/stdout`, `/dev/fd/3`, and the
    /// paths that shells substitute for `>(…)`.
    case descriptor(Int32)
    /// A named pipe.
    case fifo
    /// A device, such as `/dev/null` or a terminal.
    case device
  }

  /// The path as given.
  package let path: String
  /// The kind of file.
  package let kind: Kind
  /// The identity or place of the file.
  package let place: FilePlace

  /// Checks a path.
  ///
  /// - Parameters:
  ///   - path: the path; `-` is standard output.
  ///   - makesDirectory: whether to create a missing directory.
  /// - Throws: ``OutputRefusal``.
  package init(_ path: String, makesDirectory: Bool = false) throws(OutputRefusal) {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .unusable(path) }
    self.path = path
    if let number = path == "-" ? 1 : OutputPlace.descriptor(path) {
      guard OutputPlace.isInherited(number), let identity = FileIdentity(descriptor: number) else {
        throw .noDescriptor(path)
      }
      (kind, place) = (.descriptor(number), .existing(identity))
      return
    }
    var status = stat()
    if stat(path, &status) == 0 {
      kind = try OutputPlace.kind(of: path, status)
      place = .existing(FileIdentity(status))
      return
    }
    let number = errno
    switch number {
    case ENOENT: break
    case ENAMETOOLONG: throw .nameTooLong(path)
    case ENOTDIR: throw .noDirectory(FilePath.parts(path).directory)
    default: throw .refused(path, SystemError(number))
    }
    // A path that ends with a slash names a directory.
    if path.hasSuffix("/") { throw .noDirectory(path) }
    let (directory, name) = FilePath.parts(FilePath.target(path))
    guard name.utf8.count <= 255 else { throw .nameTooLong(path) }
    let folder = directory.isEmpty ? "/" : directory
    if FileIdentity(folder) == nil {
      guard makesDirectory else { throw .noDirectory(FilePath.parts(path).directory) }
    } else if faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0 {
      throw .refused(path, SystemError())
    }
    (kind, place) = (.file(isThere: false), FilePlace(path))
  }

  /// Whether it is a file, which is replaced, and not a stream, to which data is written.
  package var isFile: Bool { if case .file = kind { true } else { false } }

  /// Whether it is this program's standard output.
  package var isStandardOutput: Bool { kind == .descriptor(1) }

  /// Whether several outputs can go there at once, as to a terminal or to `/dev/null`.
  package var isShared: Bool {
    switch kind {
    case .device: return true
    case .file, .fifo: return false
    case .descriptor(let number):
      var status = stat()
      return fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
    }
  }

  /// Whether output is discarded there, as in `/dev/null`.
  package var isNull: Bool { place == FileIdentity("/dev/null").map(FilePlace.existing) }

  private static func kind(of path: String, _ status: stat) throws(OutputRefusal) -> Kind {
    let kind: Kind
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file(isThere: true)
    case S_IFIFO: kind = .fifo
    case S_IFCHR: kind = .device
    case S_IFDIR: throw .directory(path)
    case S_IFBLK: throw .wrongKind(path, kind: "disk")
    default: throw .wrongKind(path, kind: "socket")
    }
    guard faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 else {
      throw .refused(path, SystemError())
    }
    return kind
  }

  /// The number of this program's descriptor that a path refers to; nil for any other path.
  private static func descriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdin": return 0
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default: break
    }
    var path = path
    for _ in 0..<40 {
      let (directory, name) = FilePath.parts(path)
      if let number = Int32(name), number >= 0, isOwnDescriptors(directory) { return number }
      guard let target = FilePath.linkTarget(path) else { return nil }
      path = target.hasPrefix("/") ? target : "\(directory)/\(target)"
    }
    return nil
  }

  private static func isOwnDescriptors(_ directory: String) -> Bool {
    if directory == "/dev/fd" { return true }
    guard let real = FilePath.real(directory) else { return false }
    return real.hasPrefix("/proc/\(getpid())/") && real.hasSuffix("/fd")
  }

  /// Whether a descriptor has existed since the start and is writable; descriptors that the program
  /// opened itself are close-on-exec.
  private static func isInherited(_ number: Int32) -> Bool {
    let (flags, own) = (fcntl(number, F_GETFL), fcntl(number, F_GETFD))
    guard flags >= 0, own >= 0 else { return false }
    return own & FD_CLOEXEC == 0 && flags & O_ACCMODE != O_RDONLY
  }
}
