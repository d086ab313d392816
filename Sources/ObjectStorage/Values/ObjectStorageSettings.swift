/// Where the storage is and how it is reached: everything but credentials.
package struct ObjectStorageSettings: Sendable, Hashable {
  /// How the bucket is named in requests.
  package enum Addressing: String, Sendable, Hashable, CaseIterable {
    /// Before the host for Amazon's own servers, if the name allows it, else in the path.
    case automatic
    /// `https://host/bucket/key`.
    case path
    /// `https://bucket.host/key`.
    case virtual
  }

  /// Where credentials come from.
  package enum CredentialsFrom: Sendable, Hashable {
    /// The environment, web identity, a profile, a container's service: the first that is there.
    case automatic
    /// The profile with this name, and nothing else.
    case profile(String)
    /// These.
    case given(StorageCredentials)
    /// No credentials: requests are not signed, for public buckets.
    case none
    /// No credentials: requests are those that a grant has signed ahead.
    case grant(StorageGrant)
  }

  /// The server's URL, such as `http://127.0.0.1:8333`; nil for Amazon's of the region.
  package var endpoint: String?
  /// The region; nil for `us-east-1`.
  ///
  /// A server that says another one is believed.
  package var region: String?
  /// How the bucket is named in requests.
  package var addressing = Addressing.automatic
  /// A file with the certificates of authorities to trust, in PEM; nil for the system's.
  package var certificateFile: String?
  /// Whether the server's certificate is checked.
  package var checksCertificate = true
  /// Where credentials come from.
  package var credentials = CredentialsFrom.automatic

  /// How long a connection may take.
  package var connectLimit = Duration.seconds(10)
  /// How long a server may be silent, or read nothing.
  package var silenceLimit = Duration.seconds(60)
  /// How long one request may take, in addition to a second for each 64 KiB that it moves.
  package var requestLimit = Duration.seconds(120)
  /// How often a request is tried in all.
  package var attempts = 5
  /// How often a request is tried in all that would lose something otherwise: for about two minutes.
  package var patientAttempts = 15
  /// The wait before the second attempt at most; it doubles with each further one.
  package var firstDelay = Duration.milliseconds(200)
  /// How many requests one transfer has at once.
  package var parallelParts = 4
  /// The size from which a file is sent and fetched in parts, and of the parts.
  package var partSize = 16 << 20

  /// Creates settings: Amazon's server, everything else found when it is needed.
  package init() {}
}
