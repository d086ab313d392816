import Glibc
import Testing

@testable import ZeroMQ

@Suite("Data received over a connection")
struct ArrivalTests {
  @Test("is detected in bytes before it is read")
  func waiting() throws {
    var pair: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    defer { pair.forEach { close($0) } }
    let before = Arrival(descriptor: pair[1])
    #expect(before.waiting == 0)
    #expect(!before.isMoving(since: nil))
    #expect(write(pair[0], "hello", 5) == 5)
    let after = Arrival(descriptor: pair[1])
    #expect(after.waiting == 5)
    #expect(after.isMoving(since: before))
  }

  @Test("is counted over TCP even after it was read")
  func counted() throws {
    let (client, server) = try connection()
    defer {
      close(client)
      close(server)
    }
    let before = Arrival(descriptor: server)
    #expect(write(client, "hello", 5) == 5)
    var bytes = [UInt8](repeating: 0, count: 5)
    let count = recv(server, &bytes, 5, Int32(MSG_WAITALL))
    #expect(count == 5)
    let after = Arrival(descriptor: server)
    #expect(after.waiting == 0)
    #expect(after.received == before.received + 5)
    #expect(after.isMoving(since: before))
    #expect(!Arrival(descriptor: server).isMoving(since: after))
  }

  @Test("is zero for a descriptor without a connection", arguments: [-1, 0, 1_000_000] as [Int32])
  func others(_ descriptor: Int32) {
    #expect(Arrival(descriptor: descriptor).received == 0)
  }

  private func connection() throws -> (client: Int32, server: Int32) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size) == 0 && listen(listener, 1) == 0
          && getsockname(listener, address, &size) == 0 && connect(client, address, size) == 0
      }
    }
    try #require(isConnected)
    let server = accept(listener, nil, nil)
    try #require(server >= 0)
    return (client, server)
  }
}
