import Hashing
import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import Testing

@Suite("The checksums of an object that is sent in parts")
struct PartChecksumTests {
  /// Sends 40 bytes in parts of 16, and returns the requests.
  private func send(_ bytes: [UInt8], isSigned: Bool) async throws -> [TestServer.Request] {
    try await TestServer.with { request, _ in
      if request.method == "PUT" { return .reply(.init(200, "", [("etag", "\"00\"")])) }
      let isBegin = !request.target.contains("uploadId")
      let body =
        isBegin
        ? "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
        : "<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>"
      let asked = request["x-amz-checksum-algorithm"].map { [("x-amz-checksum-algorithm", $0)] }
      return .reply(.init(200, body, asked ?? []))
    } run: { server in
      try await TemporaryDirectory.with { directory in
        try directory.write(bytes, to: "file")
        let store = try ObjectStore.test(server.url) { settings in
          settings.partSize = 16
          if !isSigned { settings.credentials = .none }
        }
        try await store.put(file: directory.path("file"), to: object())
        return server.requests
      }
    }
  }

  /// The parts with their numbers.
  private func parts(_ requests: [TestServer.Request]) -> [(Int, TestServer.Request)] {
    requests.filter { $0.method == "PUT" }.compactMap { request in
      request.target.firstMatch(of: /partNumber=(\d)/).flatMap { Int($0.1) }.map { ($0, request) }
    }
  }

  private func hash(_ bytes: [UInt8], _ part: Int) -> [UInt8] {
    ContentHash.of(Array(bytes[((part - 1) * 16)..<min(part * 16, bytes.count)]))
  }

  @Test("are in the signatures of its parts, and the server is not asked to compute them again")
  func signed() async throws {
    let bytes = content(40)
    let requests = try await send(bytes, isSigned: true)
    let parts = parts(requests)
    #expect(parts.count == 3)
    for (number, request) in parts {
      #expect(request["x-amz-content-sha256"] == hexadecimal(hash(bytes, number)))
      #expect(request["authorization"]?.contains("x-amz-content-sha256") == true)
    }
    for request in requests {
      #expect(!request.headers.contains { $0.name.hasPrefix("x-amz-checksum") })
    }
  }

  @Test("are sent and stored if nothing is signed")
  func unsigned() async throws {
    let bytes = content(40)
    let requests = try await send(bytes, isSigned: false)
    let parts = parts(requests)
    #expect(parts.count == 3)
    for (number, request) in parts {
      #expect(request["x-amz-checksum-sha256"] == Base64.encoded(hash(bytes, number)))
      #expect(request["authorization"] == nil)
    }
    let end = String(decoding: try #require(requests.last).body, as: UTF8.self)
    for number in 1...3 {
      #expect(
        end.contains("<ChecksumSHA256>\(Base64.encoded(hash(bytes, number)))</ChecksumSHA256>"))
    }
  }
}
