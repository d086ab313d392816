import ArgumentParser
import ObjectStorage

/// Where `s3://` locations are; without options it is found as Amazon's programs find it.
struct ObjectStorageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The storage server's URL. (default: AWS_ENDPOINT_URL_S3, or Amazon's)", valueName: "url"))
  var s3Endpoint: String?

  @Option(
    help: ArgumentHelp("The region. (default: AWS_REGION, or us-east-1)", valueName: "name"))
  var s3Region: String?

  @Option(
    help: ArgumentHelp(
      "Use the credentials of this profile of ~/.aws. (default: AWS_ACCESS_KEY_ID, AWS_PROFILE, ...)",
      valueName: "name"))
  var s3Profile: String?

  @Option(
    help: """
      Name the bucket in the URL's path or host: automatic (in the host for Amazon only), path or \
      virtual.
      """)
  var s3Addressing: ObjectStorageSettings.Addressing = .automatic

  @Option(
    help: ArgumentHelp(
      "Trust the authorities in this PEM file. (default: AWS_CA_BUNDLE, or the system's)",
      valueName: "file"), completion: .file(extensions: ["pem", "crt"]))
  var s3CaFile: String?

  @Flag(help: "Do not check the storage server's certificate.")
  var s3Insecure = false

  @Flag(help: "Use no credentials, for public buckets.")
  var s3Anonymous = false

  @Flag(help: "Create the buckets of results if they do not exist.")
  var s3CreateBucket = false

  /// The settings that the options name.
  var settings: ObjectStorageSettings {
    var settings = ObjectStorageSettings()
    settings.endpoint = s3Endpoint
    settings.region = s3Region
    settings.addressing = s3Addressing
    settings.certificateFile = s3CaFile
    settings.checksCertificate = !s3Insecure
    if let s3Profile { settings.credentials = .profile(s3Profile) }
    if s3Anonymous { settings.credentials = .none }
    return settings
  }
}

extension ObjectStorageSettings.Addressing: ExpressibleByArgument {}
