import Testing

@testable import ObjectStorage

@Suite("Addresses of storage")
struct StorageServerTests {
  private func url(
    _ endpoint: String?, _ location: ObjectLocation, region: String = "eu-central-1",
    _ addressing: ObjectStorageSettings.Addressing = .automatic
  ) -> String {
    let server = StorageServer(
      named: endpoint.flatMap { ServerAddress($0) }, region: region, addressing: addressing)
    let (address, path) = server.target(location)
    return address.origin + path
  }

  @Test("Amazon's buckets are in the host's name, unless the name does not fit there")
  func amazon() {
    let key = "a b/é"
    #expect(
      url(nil, .init(bucket: "data", key: key))
        == "https://data.s3.eu-central-1.amazonaws.com/a%20b/%C3%A9")
    #expect(
      url(nil, .init(bucket: "my.data", key: key))
        == "https://s3.eu-central-1.amazonaws.com/my.data/a%20b/%C3%A9",
      "the certificate is for one part")
    #expect(
      url(nil, .init(bucket: "Old_Data", key: key)).hasPrefix(
        "https://s3.eu-central-1.amazonaws.com/Old_Data/"))
    #expect(
      url(nil, .init(bucket: "data", key: "k"), .path)
        == "https://s3.eu-central-1.amazonaws.com/data/k")
    #expect(
      url(nil, .init(bucket: "data", key: ""), region: "cn-north-1")
        == "https://data.s3.cn-north-1.amazonaws.com.cn/")
  }

  @Test("other servers' buckets are in the path, unless the host is asked for")
  func others() {
    let object = ObjectLocation(bucket: "data", key: "//k/")
    #expect(url("http://127.0.0.1:8333", object) == "http://127.0.0.1:8333/data///k/")
    #expect(url("https://s.example/api/", object) == "https://s.example/api/data///k/")
    #expect(url("https://s.example", object, .virtual) == "https://data.s.example///k/")
    #expect(url("http://[::1]:9", object, .virtual) == "http://[::1]:9/data///k/")
    #expect(url("http://s.example:80", .init(bucket: "data", key: "")) == "http://s.example/data")
  }

  @Test(
    "a URL of a server is read",
    arguments: [
      ("http://h", "http://h", 80), ("https://h", "https://h", 443),
      ("HTTPS://h:8443/", "https://h:8443", 8443),
      ("http://[::1]:9000", "http://[::1]:9000", 9000),
      ("http://127.0.0.1:80/p/q//", "http://127.0.0.1", 80),
    ])
  func reads(text: String, origin: String, port: Int) throws {
    let address = try #require(ServerAddress(text))
    #expect(address.origin == origin)
    #expect(address.port == port)
  }

  @Test(
    "what is no URL of a server is refused",
    arguments: [
      "", "h", "h:9000", "ftp://h", "http://", "http:///p", "http://h:0", "http://h:65536",
      "http://h:x",
      "http://user:secret@h", "http://h?x", "http://h#x", "http://h o", "http://é", "http://:80",
      "http://h\\p",
    ])
  func refuses(text: String) {
    #expect(ServerAddress(text) == nil)
  }

  @Test(
    "proxies are chosen as curl does",
    arguments: [
      (["https_proxy": "http://p:3128"], "https://h", "p:3128"),
      (["HTTPS_PROXY": "p:3128"], "https://h", "p:3128"),
      (["https_proxy": "http://p:3128"], "http://h", nil),
      (["HTTP_PROXY": "http://p:3128"], "http://h", nil),
      (["https_proxy": "http://p"], "https://h", "p:80"),
      (["all_proxy": "http://p:1"], "https://h", "p:1"),
      (["https_proxy": "p:1", "no_proxy": "h"], "https://h", nil),
      (["https_proxy": "p:1", "no_proxy": "x, .example"], "https://s.example", nil),
      (["https_proxy": "p:1", "NO_PROXY": "example"], "https://s.example", nil),
      (["https_proxy": "p:1", "no_proxy": "example"], "https://anexample", "p:1"),
      (["https_proxy": "p:1", "no_proxy": "h:444"], "https://h", "p:1"),
      (["https_proxy": "p:1", "no_proxy": "*"], "https://h", nil),
      (["https_proxy": ""], "https://h", nil),
    ] as [([String: String], String, String?)])
  func proxies(environment: [String: String], url: String, expected: String?) throws {
    let proxy = ProxyChoice.proxy(for: try #require(ServerAddress(url)), environment)
    #expect(proxy.map { "\($0.host):\($0.port)" } == expected)
  }

  @Test("a proxy's user and password become a header")
  func proxyUser() throws {
    let server = try #require(ServerAddress("https://h"))
    let proxy = ProxyChoice.proxy(for: server, ["https_proxy": "http://me:a%40b@p:1"])
    #expect(proxy == ProxyChoice.Proxy(host: "p", port: 1, credentials: "bWU6YUBi"))
  }

  @Test(
    "the range of an answer is read, and contradictory ones are refused",
    arguments: [
      ("bytes 0-9/100", 0, 10, 100), ("Bytes 90-99/100", 90, 100, 100), ("bytes 0-0/1", 0, 1, 1),
      ("bytes 0-9/*", nil, nil, nil), ("bytes 9-0/100", nil, nil, nil),
      ("bytes 0-100/100", nil, nil, nil),
      ("0-9/100", nil, nil, nil), ("bytes */100", nil, nil, nil), ("", nil, nil, nil),
      ("bytes 99999999999999999999-1/2", nil, nil, nil),
    ] as [(String, Int?, Int?, Int?)])
  func contentRange(text: String, from: Int?, to: Int?, total: Int?) {
    let range = ContentRange(text)
    #expect(
      range?.range.lowerBound == from && range?.range.upperBound == to && range?.total == total)
  }

  @Test("parts grow so that there are at most 10,000 of them")
  func partSizes() {
    let mega = 1 << 20
    #expect(PartedTransfer.partSize(100 * mega, atLeast: 16 * mega) == 16 * mega)
    #expect(PartedTransfer.partSize(160_000 * mega, atLeast: 16 * mega) == 16 * mega)
    for size in [160_000 * mega + 1, 5 << 40, 48 << 40] {
      let part = PartedTransfer.partSize(size, atLeast: 16 * mega)
      #expect(part.isMultiple(of: mega) && (size + part - 1) / part <= 10_000 && part <= 5 << 30)
    }
  }

  @Test("the tag of an object of parts is that of Amazon's servers")
  func tags() {
    // Of two parts whose MD5 are those of "a" and "b".
    #expect(
      PartedTransfer.tag(of: [
        "\"0cc175b9c0f1b6a831c399e269772661\"", "92eb5ffee6ae2fec3ad71c777531578f",
      ]) == "96e024ba2074fe77e8e965ba43a704be-2")
    #expect(PartedTransfer.tag(of: ["\"xyz\"", ""]).hasSuffix("-2"))
  }

  @Test(
    "tags are without quotes",
    arguments: [("\"a\"", "a"), ("a", "a"), ("W/\"a\"", "a"), ("\"", "\""), ("", "")])
  func quotes(text: String, tag: String) {
    #expect(StoredObject.unquoted(text) == tag)
  }
}
