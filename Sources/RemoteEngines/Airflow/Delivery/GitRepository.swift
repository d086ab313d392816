import ObjectStorage

/// A repository that Airflow gets its DAGs from, and the server that has it.
///
/// As Elyra has it in its runtime configurations for Airflow.
package struct GitRepository: Sendable {
  /// The kind of server.
  package let server: GitServer
  /// The server's URL, without a slash at its end and without the part of the interface's version.
  package let address: String
  /// The repository, as `OWNER/NAME`; on GitLab there may be groups between.
  package let name: String
  /// The branch.
  package let branch: String
  /// The folder of DAGs in the repository; empty for its top.
  package let folder: String
  /// The token, a secret.
  let token: String

  /// Creates a repository.
  ///
  /// - Parameters:
  ///   - server: the kind of server.
  ///   - address: the URL of the server's interface, such as `https://api.gitHub.com`.
  ///   - name: the repository, as `OWNER/NAME`.
  ///   - branch: the branch.
  ///   - folder: the folder of DAGs; nil for Elyra's place: `dags` on Gitea, else the top.
  ///   - token: the token with the right to write, a secret.
  /// - Throws: ``EngineError`` if a value is none.
  package init(
    _ server: GitServer, address: String, name: String, branch: String, folder: String? = nil,
    token: String
  ) throws(EngineError) {
    var address = Substring(address)
    while address.hasSuffix("/") { address = address.dropLast() }
    for end in ["/api/v1", "/api/v4"] where server != .gitHub && address.hasSuffix(end) {
      address = address.dropLast(end.count)
    }
    guard WebFile.isURL(String(address)) else {
      throw EngineError(
        .unusable,
        "the address of \(server.label) is not an http or https URL: set github_api_endpoint",
        place: WebFile.shown(String(address)))
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty }), server == .gitLab ? parts.count >= 2 : parts.count == 2
    else {
      throw EngineError(
        .unusable, "the repository '\(name)' is not one of the form OWNER/NAME: set github_repo")
    }
    guard !branch.isEmpty else {
      throw EngineError(.unusable, "the branch of the repository is not set: set github_branch")
    }
    // Other characters cannot be sent in a header.
    guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw EngineError(
        .unusable,
        token.isEmpty
          ? "there is no token for \(server.label): set github_repo_token"
          : "the token for \(server.label) has characters that no token has; copy it again")
    }
    let folders = (folder ?? (server == .gitea ? "dags" : "")).split(separator: "/")
    guard folders.allSatisfy({ $0 != "." && $0 != ".." }) else {
      throw EngineError(.unusable, "the folder '\(folder ?? "")' is not one of the repository")
    }
    self.server = server
    self.address = String(address)
    self.name = name
    self.branch = branch
    self.folder = folders.joined(separator: "/")
    self.token = token
  }

  /// The path of a file in the repository.
  func path(_ file: String) -> String { folder.isEmpty ? file : "\(folder)/\(file)" }

  /// The repository, file and branch, for people.
  func place(_ file: String) -> String { "\(path(file)) on branch \(branch) of \(name)" }

  /// The server's URL without secrets.
  var shownAddress: String { WebFile.shown(address) }

  /// The page of a file.
  func page(_ file: String) -> String {
    let path = PercentEncoding.path(path(file))
    let branch = PercentEncoding.path(branch)
    switch server {
    case .gitHub: return "\(site)/\(name)/blob/\(branch)/\(path)"
    case .gitLab: return "\(shownAddress)/\(name)/-/blob/\(branch)/\(path)"
    case .gitea: return "\(shownAddress)/\(name)/src/branch/\(branch)/\(path)"
    }
  }

  /// The URL of GitHub's pages: its interface has a name, or a path, of its own.
  private var site: String {
    if shownAddress.contains("://api.") {
      return shownAddress.replacing("://api.", with: "://", maxReplacements: 1)
    }
    return shownAddress.hasSuffix("/api/v3") ? String(shownAddress.dropLast(7)) : shownAddress
  }
}

extension GitServer {
  /// Its name for people.
  var label: String {
    switch self {
    case .gitHub: "GitHub"
    case .gitLab: "GitLab"
    case .gitea: "Gitea"
    }
  }
}
