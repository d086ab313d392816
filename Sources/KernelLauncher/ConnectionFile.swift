import CSystemShims
import Glibc
import JSONCore
public import JupyterProtocol
import Synchronization

/// A connection file of our own making, in a private directory that also holds the Unix sockets.
///
/// The directory is 0700 and the file 0600; both go when ``remove()`` is called, or when the
/// program ends, however it ends.
public final class ConnectionFile: Sendable {
  /// What the file says.
  public let info: ConnectionInfo

  /// Where the file is.
  public let path: String

  /// The directory that holds nothing else.
  public let directory: String

  /// Listeners that keep the ports until the kernel is started.
  private let held: Mutex<[Int32]>

  /// Why no connection file could be made.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    /// What failed, where and why.
    public var description: String
  }

  /// Makes a connection file with a new key.
  ///
  /// - Parameters:
  ///   - transport: Unix sockets in the directory, or TCP on free ports of the loopback interface.
  ///   - kernelName: the name of the kernelspec, for the file.
  ///   - environment: the environment, for `XDG_RUNTIME_DIR` and `TMPDIR`.
  /// - Throws: ``Failure`` when there is no directory to write in, or no port is free.
  public init(
    transport: ConnectionInfo.Transport, kernelName: String, environment: [String: String]
  ) throws(Failure) {
    directory = try ConnectionFile.makeDirectory(environment)
    path = "\(directory)/kernel.json"
    _ = lyre_guard_path(directory)
    _ = lyre_guard_path(path)
    var ports: [Channel: Int] = [:]
    var listeners: [Int32] = []
    do throws(Failure) {
      for (index, channel) in Channel.allCases.enumerated() {
        switch transport {
        case .ipc:
          ports[channel] = index + 1
          _ = lyre_guard_path("\(directory)/k-\(index + 1)")
        case .tcp:
          let (listener, port) = try ConnectionFile.listen()
          listeners.append(listener)
          ports[channel] = port
        }
      }
      info = ConnectionInfo(
        transport: transport, ip: transport == .ipc ? "\(directory)/k" : "127.0.0.1",
        ports: ports, key: hexadecimal(randomBytes(count: 32)), kernelName: kernelName)
      held = Mutex(listeners)
      try ConnectionFile.write(JSONValue.object(info.json).serialized(.pretty), to: path)
    } catch {
      for listener in listeners { close(listener) }
      unlink(path)
      rmdir(directory)
      throw error
    }
  }

  deinit { remove() }

  /// Lets go of the ports, for the kernel to bind: called just before it is started.
  public func releasePorts() {
    held.withLock { listeners in
      for listener in listeners { close(listener) }
      listeners = []
    }
  }

  /// Removes the file, the sockets and the directory.
  public func remove() {
    releasePorts()
    var paths = [path]
    if info.transport == .ipc {
      paths += info.ports.values.sorted().map { "\(directory)/k-\($0)" }
    }
    for path in paths {
      unlink(path)
      lyre_unguard_path(path)
    }
    rmdir(directory)
    lyre_unguard_path(directory)
  }

  // MARK: Making

  /// A new private directory with a path short enough for Unix sockets.
  private static func makeDirectory(_ environment: [String: String]) throws(Failure) -> String {
    let candidates = [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"]
    var failure = ""
    for case let base? in candidates where !base.isEmpty && base.utf8.count < 80 {
      var template = Array("\(base)/lyre-XXXXXX".utf8CString)
      if mkdtemp(&template) != nil {
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      failure = "\(base): \(KernelProcess.reason(errno))"
    }
    throw Failure(
      description: "no directory for the connection file can be made (\(failure)); set TMPDIR to "
        + "one that can be written")
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Failure(description: "'\(path)' cannot be written: \(KernelProcess.reason(errno))")
    }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw Failure(description: "'\(path)' cannot be written: \(KernelProcess.reason(errno))")
      }
    }
  }

  /// A free port of the loopback interface, and the listener that keeps it.
  private static func listen() throws(Failure) -> (listener: Int32, port: Int) {
    func failure() -> Failure {
      Failure(description: "no port of 127.0.0.1 is free: \(KernelProcess.reason(errno))")
    }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure() }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else {
      defer { close(descriptor) }
      throw failure()
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }
}
