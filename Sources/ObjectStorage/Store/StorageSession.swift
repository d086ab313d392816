import Synchronization
import SystemSupport

/// What the requests of a store have in common, and what they have learned from servers.
final class StorageSession: Sendable {
  private struct State {
    /// The servers of buckets that are not where they were looked for.
    var servers: [String: StorageServer] = [:]
    /// How many seconds the server's clock is ahead.
    var clockCorrection = 0
  }

  let settings: ObjectStorageSettings
  let transport: Transport
  let credentials: CredentialSource
  private let server: StorageServer
  private let state = Mutex(State())

  /// Reads the environment and the configuration files.
  init(_ settings: ObjectStorageSettings, _ variables: [String: String]) throws(ObjectStorageError)
  {
    var profile: String?
    if case .profile(let name) = settings.credentials { profile = name }
    let environment = try StorageEnvironment(variables, profile: profile)
    self.settings = settings
    let endpoint =
      settings.endpoint ?? environment.variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
      ?? environment.serviceEndpoint("s3") ?? environment.setting("endpoint_url")
      // That of papermill.
      ?? environment.variable("BOTO3_ENDPOINT_URL")
    let named = try endpoint.map { (text) throws(ObjectStorageError) in
      guard let address = ServerAddress(text) else {
        throw ObjectStorageError(
          .usage, "'\(text)' is not the URL of a storage server",
          remedy: "Expected is one such as http://127.0.0.1:8333 or https://storage.example.com.")
      }
      return address
    }
    let region =
      settings.region ?? environment.variable("AWS_REGION", "AWS_DEFAULT_REGION")
      ?? environment.setting("region") ?? "us-east-1"
    guard StorageServer.isRegion(region) else {
      throw ObjectStorageError(.usage, "'\(region)' is not the name of a region")
    }
    let style = environment.setting("s3.addressing_style") ?? ""
    let addressing =
      settings.addressing == .automatic
      ? ObjectStorageSettings.Addressing(rawValue: style) ?? .automatic : settings.addressing
    server = StorageServer(named: named, region: region, addressing: addressing)
    var trust = Transport.Trust(
      certificateFile: settings.certificateFile ?? environment.variable("AWS_CA_BUNDLE")
        ?? environment.setting("ca_bundle") ?? environment.variable("SSL_CERT_FILE"),
      checksCertificate: settings.checksCertificate, connectLimit: settings.connectLimit,
      silenceLimit: settings.silenceLimit, connections: max(8, settings.parallelParts * 2))
    let address = server.target(ObjectLocation(bucket: "", key: "")).server
    trust.proxy = ProxyChoice.proxy(for: address, variables)
    transport = Transport(trust: trust)
    var plain = trust
    plain.proxy = nil
    credentials = CredentialSource(
      settings.credentials, environment,
      CredentialRequests(environment: environment, trust: plain, region: region))
  }

  /// The server of a bucket.
  func server(of bucket: String) -> StorageServer {
    state.withLock { $0.servers[bucket] } ?? server
  }

  /// The server as the settings and the environment say it.
  var settled: StorageServer { server }

  /// The region that was configured.
  var region: String { server.region }

  /// Whether the server is Amazon's.
  var isAmazon: Bool { server.named.map { AmazonServers.contains($0.host) } ?? true }

  /// The server's time.
  var now: ServerTime { .now(correction: state.withLock { $0.clockCorrection }) }

  /// Remembers a correction.
  ///
  /// - Returns: false if it cannot be followed.
  func learn(_ correction: RetryPlan.Correction, bucket: String) -> Bool {
    switch correction {
    case .clock(let time):
      state.withLock { $0.clockCorrection = time.seconds - ServerTime.now().seconds }
      return true
    case .region(let region):
      guard StorageServer.isRegion(region) else { return false }
      var corrected = server(of: bucket)
      if corrected.region == region { return false }
      corrected.region = region
      // The named server was that of another region.
      if corrected.named.map({ AmazonServers.contains($0.host) }) == true { corrected.named = nil }
      state.withLock { $0.servers[bucket] = corrected }
      return true
    case .server(let url): return learn(otherServer: url, bucket: bucket)
    case .credentials: return true
    }
  }

  /// Follows a redirection between Amazon's servers, as with new buckets; signatures are made for no
  /// others.
  private func learn(otherServer url: String, bucket: String) -> Bool {
    let end = url.firstRange(of: "://").map { range in
      url[range.upperBound...].firstIndex { "/?".contains($0) } ?? url.endIndex
    }
    guard let end, var address = ServerAddress(String(url[..<end])), isAmazon,
      AmazonServers.contains(address.host), address.isEncrypted
    else { return false }
    if address.host.hasPrefix(bucket + ".") {
      address.host = String(address.host.dropFirst(bucket.count + 1))
    }
    var corrected = server(of: bucket)
    corrected.named = address
    state.withLock { $0.servers[bucket] = corrected }
    return true
  }
}
