import Glibc
import Synchronization
import SystemSupport

/// The ports in this program's connection files; none is reserved twice.
///
/// A bound socket holds a port until the kernel is started. Between that and the kernel's bind, the
/// system could assign the port to another process, often another kernel of this program.
enum PortReservations {
  private static let taken = Mutex<Set<Int>>([])

  /// Reserves a free port of the loopback interface, with a bound socket that holds it.
  ///
  /// - Throws: ``LaunchError`` when no port is free.
  static func reserve() throws(LaunchError) -> (descriptor: Int32, port: Int) {
    var refused: [Int32] = []
    // Kept open until another port is found, so that the system does not offer the same one again.
    defer { for descriptor in refused { close(descriptor) } }
    while true {
      let (descriptor, port) = try bind()
      if taken.withLock({ $0.insert(port).inserted }) { return (descriptor, port) }
      refused.append(descriptor)
    }
  }

  /// Allows ports to be reserved again.
  static func release(_ ports: some Sequence<Int>) {
    taken.withLock { $0.subtract(ports) }
  }

  private static func bind() throws(LaunchError) -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure(errno) }
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
      let number = errno
      close(descriptor)
      throw failure(number)
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func failure(_ number: Int32) -> LaunchError {
    LaunchError(.noConnectionFile, "no port of 127.0.0.1 is free: \(systemReason(number))")
  }
}
