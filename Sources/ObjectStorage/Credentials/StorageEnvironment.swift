import Glibc
import SystemSupport

/// What the environment and Amazon's configuration files say.
struct StorageEnvironment: Sendable {
  let variables: [String: String]
  /// The chosen profile's name; nil if none was named.
  let profile: String?
  private let credentials: ProfileFile
  private let configuration: ProfileFile

  /// Reads the files.
  ///
  /// One that does not exist is empty.
  ///
  /// - Parameters:
  ///   - variables: the environment.
  ///   - profile: the profile that was asked for; nil for `AWS_PROFILE`.
  /// - Throws: ``ObjectStorageError`` if a file cannot be read, or the named profile does not exist.
  init(_ variables: [String: String], profile: String?) throws(ObjectStorageError) {
    self.variables = variables.filter { !$0.value.isEmpty }
    self.profile =
      profile ?? self.variables["AWS_PROFILE"] ?? self.variables["AWS_DEFAULT_PROFILE"]
    let home = self.variables["HOME"]
    let credentialsPath =
      self.variables["AWS_SHARED_CREDENTIALS_FILE"] ?? home.map { $0 + "/.aws/credentials" }
    let configurationPath = self.variables["AWS_CONFIG_FILE"] ?? home.map { $0 + "/.aws/config" }
    credentials = try StorageEnvironment.file(credentialsPath, home: home)
    configuration = try StorageEnvironment.file(configurationPath, home: home)
    let name = self.profile ?? "default"
    if self.profile != nil, credentials.sections[name] == nil, configuration.sections[name] == nil {
      let places = [credentialsPath, configurationPath].compactMap { $0 }
      throw ObjectStorageError(
        .usage, "there is no profile '\(name)' in \(places.joined(separator: " and "))",
        remedy: "Name one that is there (AWS_PROFILE), or create it with `aws configure`.")
    }
  }

  private static func file(_ path: String?, home: String?) throws(ObjectStorageError) -> ProfileFile
  {
    guard var path else { return ProfileFile("") }
    if path.hasPrefix("~/"), let home { path = home + path.dropFirst() }
    do throws(SystemError) {
      return ProfileFile(String(decoding: try fileContent(path, maximum: 1 << 20), as: UTF8.self))
    } catch {
      if error.number == ENOENT || error.number == ENOTDIR { return ProfileFile("") }
      throw ObjectStorageError(.file, "\(path) could not be read: \(error)")
    }
  }

  /// The first of these variables that is set.
  func variable(_ names: String...) -> String? { names.lazy.compactMap { variables[$0] }.first }

  /// A setting of the profile; the file of credentials goes first.
  func setting(_ name: String) -> String? {
    let section = profile ?? "default"
    let value = credentials.sections[section]?[name] ?? configuration.sections[section]?[name]
    return value.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The URL that the profile's section of services has for one of them.
  func serviceEndpoint(_ service: String) -> String? {
    guard let services = setting("services") else { return nil }
    return configuration.sections["services \(services)"]?["\(service).endpoint_url"]
  }
}
