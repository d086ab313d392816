import CSystemShims
import Glibc
import JSONCore
public import JupyterProtocol
import Synchronization
import SystemSupport

/// A connection file that this program creates, in a private directory with the Unix sockets.
///
/// The directory has mode 0700 and the file 0600; both are removed by ``remove()``, or when the
/// program ends, however it ends.
public final class ConnectionFile: Sendable {
  /// The content of the file.
  public let info: ConnectionInfo

  /// The path of the file.
  public let path: String

  /// The directory, which contains nothing else.
  public let directory: String

  private struct State {
    /// Bound sockets that reserve the ports until the kernel is started.
    var reservations: [Int32]
    var isRemoved = false
  }

  private let state: Mutex<State>

  /// Creates a connection file with a new key.
  ///
  /// - Parameters:
  ///   - transport: Unix sockets in the directory, or TCP on free ports of the loopback interface.
  ///   - kernelName: the kernelspec's name, to be written to the file.
  ///   - curve: the public and secret keys for encrypted connections (CurveZMQ); nil for none.
  ///   - environment: the environment, for `XDG_RUNTIME_DIR` and `TMPDIR`.
  /// - Throws: ``LaunchError`` when no directory is writable, or no port is free.
  public init(
    transport: ConnectionInfo.Transport, kernelName: String,
    curve: (publicKey: String, secretKey: String)? = nil, environment: [String: String]
  ) throws(LaunchError) {
    let directory = try ConnectionFile.makeDirectory(environment, transport)
    self.directory = directory
    path = "\(directory)/kernel.json"
    var ports: [Channel: Int] = [:]
    var reservations: [(descriptor: Int32, port: Int)] = []
    do throws(LaunchError) {
      for (index, channel) in Channel.allCases.enumerated() {
        switch transport {
        case .ipc:
          ports[channel] = index + 1
        case .tcp:
          let reservation = try PortReservations.reserve()
          reservations.append(reservation)
          ports[channel] = reservation.port
        }
      }
      var info = ConnectionInfo(
        transport: transport, ip: transport == .ipc ? "\(directory)/k" : "127.0.0.1",
        ports: ports, key: hexadecimal(randomBytes(count: 32)), kernelName: kernelName)
      info.curve = curve
      self.info = info
      try ConnectionFile.write(JSONValue.object(info.json).serialized(.pretty), to: path)
      state = Mutex(State(reservations: reservations.map(\.descriptor)))
    } catch {
      for reservation in reservations { close(reservation.descriptor) }
      PortReservations.release(reservations.map(\.port))
      ConnectionFile.remove(directory)
      throw error
    }
  }

  deinit { remove() }

  /// Releases the ports, so that the kernel can bind them; call it just before the launch.
  public func releasePorts() {
    state.withLock { state in
      for reservation in state.reservations { close(reservation) }
      state.reservations = []
    }
  }

  /// Removes the file, the sockets and the directory; its ports may be used again.
  public func remove() {
    releasePorts()
    let isFirst = state.withLock { state in
      defer { state.isRemoved = true }
      return !state.isRemoved
    }
    guard isFirst else { return }
    if info.transport == .tcp { PortReservations.release(info.ports.values) }
    ConnectionFile.remove(directory)
  }

  private static func remove(_ directory: String) {
    // If it cannot be removed now, the guardian tries once more at the end.
    if lyre_remove_directory(directory) == 0 || errno == ENOENT {
      lyre_unguard_directory(directory)
    }
  }

  // MARK: Creation

  /// Creates a private directory whose path is short enough for Unix sockets.
  ///
  /// The guardian knows its path before it exists; without a guardian ``remove()`` still removes
  /// it.
  private static func makeDirectory(
    _ environment: [String: String], _ transport: ConnectionInfo.Transport
  ) throws(LaunchError) -> String {
    let all = [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"].compactMap { $0 }
    // Kernels based on xeus have room for addresses of 31 bytes, such as
    // `ipc:///tmp/lyre-XXXXXX/k-1`, and do not start with longer ones.
    let isShort = { (base: String) in base.utf8.count <= 31 - "ipc:///lyre-XXXXXX/k-1".utf8.count }
    var candidates = transport == .ipc ? all.filter(isShort) + all.filter { !isShort($0) } : all
    // Used if other users could replace files in all of those.
    if !candidates.contains(where: Trust.isSafeParent),
      let own = StateDirectory.make("kernels")
    {
      candidates.append(own)
    }
    var failure = ""
    // A Unix socket's path has at most 107 bytes. A relative path would name a different socket in
    // the kernel's working directory.
    for base in candidates where base.hasPrefix("/") && base.utf8.count < 80 {
      guard Trust.isSafeParent(base) else {
        failure =
          access(base, F_OK) == 0
          ? "\(base): other users can replace files in it"
          : "\(base): \(systemReason(errno))"
        continue
      }
      var template = Array("\(base)/lyre-XXXXXX".utf8CString)
      if lyre_make_guarded_directory(&template) == 0 {
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      failure = "\(base): \(systemReason(errno))"
    }
    throw LaunchError(
      .noConnectionFile,
      "cannot create a directory for the connection file (\(failure)); set TMPDIR to "
        + "a writable directory")
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(LaunchError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable(path, SystemError()) }
    defer { close(descriptor) }
    fchmod(descriptor, 0o600)  // independent of the umask
    do throws(SystemError) {
      try writeAll(descriptor, bytes[...])
    } catch {
      throw unwritable(path, error)
    }
  }

  private static func unwritable(_ path: String, _ error: SystemError) -> LaunchError {
    LaunchError(.noConnectionFile, "'\(path)' cannot be written: \(error)")
  }
}
