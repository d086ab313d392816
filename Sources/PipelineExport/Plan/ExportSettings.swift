/// Where the nodes of an exported pipeline find their files, their program and their credentials.
///
/// Made from a runtime configuration, or from options. Credentials themselves never are part of it.
package struct ExportSettings: Sendable, Hashable {
  /// Where the credentials for the object storage come from, in the container.
  package enum Credentials: Sendable, Hashable {
    /// A secret of Kubernetes with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    case secret(String)
    /// The role of the service account that runs the pods; nil for the default account.
    case serviceAccount(String?)
    /// The environment of the container has them already.
    case environment
    /// There are none: each run gets the URL of a list of signed URLs, which whoever submits it makes.
    case grant
  }

  /// Where a container gets `lyre` from.
  package enum Program: Sendable, Hashable {
    /// It is in the image, on the `PATH`.
    case image
    /// It is downloaded where the image does not have it: from `http(s)://…`, or from `s3://BUCKET/KEY`
    /// of the same storage. The SHA-256 is in lower-case hexadecimal.
    case download(String, sha256: String)
  }

  /// How the cluster gets an image.
  package struct Image: Sendable, Hashable {
    /// `Always`, `IfNotPresent` or `Never`; nil for the cluster's default.
    package var pullPolicy: String?
    /// The name of the secret with the registry's credentials.
    package var pullSecret: String?

    /// Creates the settings of an image.
    package init(pullPolicy: String? = nil, pullSecret: String? = nil) {
      self.pullPolicy = pullPolicy
      self.pullSecret = pullSecret
    }
  }

  /// The bucket for the files of all runs.
  package var bucket: String
  /// The folder in the bucket; nil for the pipeline's `cos_object_prefix`.
  package var prefix: String?
  /// The storage server as the containers reach it; nil for Amazon's.
  package var endpoint: String?
  /// The region; nil for the storage's default.
  package var region: String?
  /// Where credentials for the storage come from.
  package var credentials: Credentials = .environment
  /// Where `lyre` comes from.
  package var program: Program = .image
  /// The namespace of the cluster; nil for the default.
  package var namespace: String?
  /// The version of Lyre that the file was made with.
  package var version: String
  /// How the cluster gets images, by their names.
  package var images: [String: Image] = [:]

  /// Creates settings.
  package init(bucket: String, version: String) {
    self.bucket = bucket
    self.version = version
  }
}
