import Glibc
import Synchronization
import SystemSupport

/// The ports that connection files of this program name: none is given out twice.
///
/// A port is held by a bound socket until the kernel is started. From then until the kernel binds it the
/// system would give it to the next who asks, which is often another kernel of ours.
enum HeldPorts {
  private static let taken = Mutex<Set<Int>>([])

  /// A free port of the loopback interface, and what keeps it.
  ///
  /// - Throws: ``LaunchError`` when there is none.
  static func reserve() throws(LaunchError) -> (descriptor: Int32, port: Int) {
    var refused: [Int32] = []
    // Kept until another one is found, so that the system does not offer the same again.
    defer { for descriptor in refused { close(descriptor) } }
    while true {
      let (descriptor, port) = try bind()
      if taken.withLock({ $0.insert(port).inserted }) { return (descriptor, port) }
      refused.append(descriptor)
    }
  }

  /// Lets ports be given out again.
  static func forget(_ ports: some Sequence<Int>) {
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
