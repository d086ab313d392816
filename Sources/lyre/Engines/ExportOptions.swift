import ArgumentParser
import PipelineExport
import RemoteEngines

/// Where the nodes of an exported pipeline find their files, their credentials and `lyre`.
struct ExportOptions: ParsableArguments {
  @Option(
    name: .customLong("runtime-config"),
    help: ArgumentHelp(
      """
      Elyra's runtime configuration of this name: bucket, endpoint, secret and namespace, unless \
      other options name them.
      """, valueName: "name"))
  var runtimeConfiguration: String?

  @Option(
    help: ArgumentHelp("The bucket for the files of the runs.", valueName: "name"))
  var bucket: String?

  @Option(
    help: ArgumentHelp(
      "The folder in the bucket. (default: the pipeline's object storage path prefix)",
      valueName: "path"))
  var prefix: String?

  @Option(
    help: ArgumentHelp(
      "The storage server's URL as the containers reach it. (default: Amazon's)",
      valueName: "url"))
  var endpoint: String?

  @Option(help: ArgumentHelp("The storage's region. (default: us-east-1)", valueName: "name"))
  var region: String?

  @Option(
    help: ArgumentHelp(
      """
      The Kubernetes secret with the storage's AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. \
      (default: the containers have credentials already, as those of a service account)
      """, valueName: "name"))
  var secret: String?

  @Option(
    help: ArgumentHelp(
      """
      Where containers download lyre if their image does not have it: http(s)://... or, with the \
      storage's credentials, s3://BUCKET/KEY.
      """, valueName: "url"))
  var lyreUrl: String?

  @Option(
    help: ArgumentHelp("The SHA-256 of the lyre at --lyre-url.", valueName: "hex"))
  var lyreSha256: String?

  @Option(
    help: ArgumentHelp("The namespace of the cluster.", valueName: "name"))
  var namespace: String?

  /// The settings.
  ///
  /// - Parameters:
  ///   - engine: the engine, as Elyra names it.
  ///   - needsBucket: whether any node keeps files in a bucket.
  ///   - isForCluster: whether nodes run in a cluster, which has secrets.
  ///   - isPresigned: whether runs get signed URLs instead of credentials.
  /// - Throws: ``UsageError`` if an option is missing or not valid.
  func settings(
    for engine: String, needsBucket: Bool, isForCluster: Bool = true, isPresigned: Bool = false
  ) throws(UsageError) -> ExportSettings {
    let runtime = try runtimeConfiguration.map { (name) throws(UsageError) in
      do throws(EngineError) {
        return try RuntimeStore().configuration(name, for: RuntimeEngine(rawValue: engine))
      } catch {
        throw UsageError(message: "--runtime-config: \(error)")
      }
    }
    let bucket = bucket ?? runtime?.bucket
    let endpoint = endpoint ?? runtime?.storageEndpoint
    if needsBucket, bucket == nil {
      throw UsageError(
        message:
          "the nodes keep their files in object storage: name it with --bucket (and --endpoint "
          + "unless it is Amazon's), or with --runtime-config")
    }
    if let bucket, !ExportOptions.isBucket(bucket) {
      throw UsageError(
        message: "--bucket: '\(bucket)' is not the name of a bucket; give the name alone")
    }
    var settings = ExportSettings(bucket: bucket ?? "", version: LyreVersion.text)
    settings.prefix = prefix
    settings.endpoint = endpoint
    settings.region = region
    settings.namespace = namespace ?? runtime?.namespace
    settings.images = ExportOptions.images()
    if isPresigned {
      if secret != nil {
        throw UsageError(message: "--secret and --presigned are two ways for the same; give one")
      }
      settings.credentials = .grant
    } else if let name = secret ?? runtime?.storageSecret {
      settings.credentials = .secret(name)
    } else if runtime?.storageLogin == .role {
      settings.credentials = .serviceAccount(nil)
    } else if needsBucket, runtime != nil, isForCluster {
      Printer.shared.log(
        "\("warning:", .yellow) the user and password of '\(runtimeConfiguration ?? "")' are not "
          + "written into the file; name a secret of the cluster that has them with --secret")
    }
    for (name, value) in [("--endpoint", endpoint), ("--lyre-url", lyreUrl)] {
      guard let value else { continue }
      // Everyone who reads the exported file would read it.
      let address = value.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first
      guard address?.contains("@") != true, !value.contains("?") else {
        throw UsageError(
          message: "\(name) has a user, password or query in it, which everyone who reads the file "
            + "would see; give the URL without them")
      }
    }
    settings.program = try program()
    return settings
  }

  /// How clusters get the images that are configured here, by their names.
  private static func images() -> [String: ExportSettings.Image] {
    var images: [String: ExportSettings.Image] = [:]
    for found in RuntimeImageStore().images {
      switch found {
      case .success(let found):
        images[found.image] =
          images[found.image] ?? .init(pullPolicy: found.pullPolicy, pullSecret: found.pullSecret)
      case .failure(let error):
        Printer.shared.log(
          "\("warning:", .yellow) '\(error.place ?? "")' is not the configuration of a runtime image, "
            + "and is left out: \(error.message)")
      }
    }
    return images
  }

  private func program() throws(UsageError) -> ExportSettings.Program {
    guard let lyreUrl else {
      if lyreSha256 != nil {
        throw UsageError(message: "--lyre-sha256 is for --lyre-url, which is missing")
      }
      return .image
    }
    guard ["http://", "https://", "s3://"].contains(where: lyreUrl.hasPrefix) else {
      throw UsageError(
        message: "--lyre-url: expected http://, https:// or s3://, found '\(lyreUrl)'")
    }
    guard let hash = lyreSha256?.lowercased(), hash.utf8.count == 64,
      hash.allSatisfy({ $0.isASCII && $0.isHexDigit })
    else {
      throw UsageError(
        message:
          "--lyre-url needs --lyre-sha256, 64 hexadecimal digits: `sha256sum lyre` prints them")
    }
    return .download(lyreUrl, sha256: hash)
  }

  private static func isBucket(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "-._".utf8.contains($0)
      }
  }
}
