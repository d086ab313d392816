import JSONCore
package import ObjectStorage

/// Delivers DAGs by a commit, made over the interface of a Git server.
package struct GitDelivery: Sendable {
  private let repository: GitRepository
  private let exchange: WebExchange
  private let interface: any GitInterface
  private let limit: Duration

  /// How often the file is read again when somebody else has changed it in the meantime.
  private static let attempts = 3

  /// - Parameters:
  ///   - repository: the repository.
  ///   - exchange: sends requests.
  ///   - limit: how long the server may take for an answer.
  package init(
    _ repository: GitRepository, exchange: WebExchange = WebExchange(),
    limit: Duration = .seconds(60)
  ) {
    self.repository = repository
    self.exchange = exchange
    self.limit = limit
    interface =
      switch repository.server {
      case .gitHub, .gitea: ContentsInterface(repository)
      case .gitLab: GitLabInterface(repository)
      }
  }

  /// Checks that the server is there, accepts the token, and has the repository and its branch.
  ///
  /// - Throws: ``EngineError``.
  package func check() async throws(EngineError) { try await check(.branch) }

  private func check(_ purpose: GitProblem.Purpose) async throws(EngineError) {
    let answer = try await send(interface.branch, attempts: 4)
    guard answer.status != 200 else { return }
    throw problem(answer, purpose)
  }

  /// Checks the same, and that the user of the token may push, as far as the server says so.
  ///
  /// - Throws: ``EngineError``.
  package func checkRights() async throws(EngineError) {
    let answer = try await send(interface.rights, attempts: 4)
    guard answer.status == 200, let json = try? JSONValue(parsing: answer.body).object else {
      throw problem(answer, .repository)
    }
    guard interface.mayPush(json) != false else {
      throw EngineError(
        .denied,
        "the user of the token may not push to \(repository.name); ask for the right to write, or set "
          + "another github_repo_token", place: repository.shownAddress)
    }
    try await check(.branchOfRepository)
  }

  /// What a delivery would do; nothing is changed.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - overwrites: whether it also replaces a file that Lyre has not written.
  /// - Throws: ``EngineError``.
  package func preview(_ file: DAGFile, overwrites: Bool) async throws(EngineError) -> DeliveredDAG
  {
    try await check()
    return try delivered(file, over: try await present(file), overwrites)
  }

  /// Commits a file, unless the branch has it already.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - overwrites: whether it also replaces a file that Lyre has not written.
  ///   - source: the name of the pipeline's file, for the message of the commit.
  /// - Throws: ``EngineError``.
  package func deliver(_ file: DAGFile, overwrites: Bool = false, from source: String)
    async throws(EngineError) -> DeliveredDAG
  {
    try await check()
    var attempt = 1
    while true {
      let present = try await present(file)
      var delivered = try delivered(file, over: present, overwrites)
      if delivered.change == .unchanged { return delivered }
      let verb = present == nil ? "Add" : "Update"
      let answer = try await send(
        interface.commit(
          repository.path(file.name), file.content, replacing: present,
          "\(verb) \(file.name), made by Lyre from \(source)"))
      if (200..<300).contains(answer.status) {
        let json = try? JSONValue(parsing: answer.body)
        delivered.commit = json?["commit"]?["sha"]?.string
        return delivered
      }
      let isStale = interface.isStale(answer.status, GitProblem.words(answer) ?? "")
      guard isStale, attempt < GitDelivery.attempts else {
        throw problem(answer, .commit(file.name))
      }
      attempt += 1
    }
  }

  /// What becomes of the file that the branch has.
  private func delivered(_ file: DAGFile, over present: GitFile?, _ overwrites: Bool)
    throws(EngineError) -> DeliveredDAG
  {
    let place = repository.place(file.name)
    return DeliveredDAG(
      change: try file.change(over: present.map { $0.content ?? [] }, overwrites, place: place),
      place: place, page: repository.page(file.name))
  }

  /// The file that the branch has; nil if it has none.
  private func present(_ file: DAGFile) async throws(EngineError) -> GitFile? {
    let path = repository.path(file.name)
    let answer = try await send(interface.file(path), attempts: 4)
    if answer.status == 404 { return nil }
    guard answer.status == 200 else { throw problem(answer, .file(file.name)) }
    let member = repository.server == .gitLab ? "last_commit_id" : "sha"
    guard let json = try? JSONValue(parsing: answer.body),
      var found = GitFile(json, revision: member)
    else {
      throw EngineError(
        .conflict, "is not a file there; rename the pipeline, or remove it from the repository",
        place: repository.place(file.name))
    }
    guard found.content == nil else { return found }
    guard let request = interface.content(path) else {
      throw EngineError(
        .conflict,
        "the file that is there is too large to be compared; remove it from the repository",
        place: repository.place(file.name))
    }
    let raw = try await send(request, attempts: 4)
    guard raw.status == 200 else { throw problem(raw, .file(file.name)) }
    found.content = raw.body
    return found
  }

  private func send(_ request: WebExchange.Request, attempts: Int = 1) async throws(EngineError)
    -> WebExchange.Answer
  {
    var request = request
    let own = request.headers
    // The servers want to know what programs ask them.
    request.headers =
      interface.headers.filter { header in !own.contains { $0.name == header.name } } + own
      + [("user-agent", "lyre")]
    if !request.body.isEmpty { request.headers.append(("content-type", "application/json")) }
    do throws(ObjectStorageError) {
      return try await exchange.answer(to: request, attempts: attempts, limit: limit)
    } catch {
      throw EngineError(error, server: repository.address)
    }
  }

  private func problem(_ answer: WebExchange.Answer, _ purpose: GitProblem.Purpose) -> EngineError {
    GitProblem(answer, repository, right: interface.right).error(purpose)
  }
}
