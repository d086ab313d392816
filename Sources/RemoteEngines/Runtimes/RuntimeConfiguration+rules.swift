import JSONCore

extension RuntimeConfiguration {
  /// Everything in it that does not follow Elyra's rules, or that will not work.
  package var problems: [RuntimeProblem] {
    var found: [RuntimeProblem] = []
    func add(_ key: RuntimeKey, _ message: String, isWarning: Bool = false) {
      guard isWarning || !found.contains(where: { $0.key == key && !$0.isWarning }) else { return }
      found.append(RuntimeProblem(key: key, message: message, isWarning: isWarning))
    }
    for key in engine.keys {
      guard let value = file.metadata[key.rawValue] else { continue }
      if key == .tags {
        if let problem = RuntimeConfiguration.tagsProblem(value) { add(key, problem) }
      } else if value.string == nil {
        add(key, "expected a text, found \(value.kindName); set it with \(key.option)")
      }
    }
    for key in engine.requiredKeys where self[key] == nil {
      add(key, "is missing; set it with \(key.option)")
    }
    for key in engine.keys where key.isAddress {
      if let text = self[key], let problem = RuntimeRules.addressProblem(text) { add(key, problem) }
    }
    choices(add)
    names(add)
    if engine == .kubeflow { apiLogin(add) }
    storageRules(add)
    for key in engine.keys where key.isSecret { secretRules(key, add) }
    return found
  }

  private typealias Report = (RuntimeKey, String, Bool) -> Void

  /// Whether the configuration can be used.
  ///
  /// - Parameter unused: members that are not used this time.
  /// - Throws: ``EngineError`` with everything that prevents it.
  package func check(without unused: Set<RuntimeKey> = []) throws(EngineError) {
    let errors = problems.filter { !$0.isWarning && !unused.contains($0.key) }.map(\.description)
    guard errors.isEmpty else {
      throw EngineError(
        .unusable,
        "is not valid: \(errors.joined(separator: "; ")). `lyre runtimes edit \(name)` changes it",
        place: place)
    }
  }

  private func choices(_ add: Report) {
    func check<Choice: RawRepresentable<String> & CaseIterable>(_ key: RuntimeKey, _: Choice.Type) {
      guard engine.keys.contains(key), let text = self[key], Choice(rawValue: text) == nil else {
        return
      }
      let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      add(key, "'\(text)' is none of \(all); set it with \(key.option)", false)
    }
    check(.authType, RuntimeLogin.self)
    check(.cosAuthType, StorageLogin.self)
    check(.gitType, GitServer.self)
    if engine == .kubeflow, let text = self[.engine], text != "Argo" {
      add(
        .engine,
        "'\(text)' is not supported any more: Kubeflow Pipelines 2 runs on Argo alone; remove it with "
          + "--unset engine", false)
    }
    if let type = self[.runtimeType], type != engine.type {
      add(
        .runtimeType,
        "is '\(type)', and the schema_name '\(engine.rawValue)' belongs to '\(engine.type)'; mend the "
          + "file", false)
    }
  }

  private func names(_ add: Report) {
    if let bucket = self[.cosBucket], !RuntimeRules.isBucketLike(bucket, 3...222) {
      add(
        .cosBucket,
        "'\(bucket)' is not the name of a bucket: use 3 to 222 characters: small letters, digits, '-' and '.', with "
          + "a letter or digit at both ends", false)
    }
    if let namespace = self[.userNamespace],
      !RuntimeRules.isBucketLike(namespace, 2...63, dots: false)
    {
      add(
        .userNamespace,
        "'\(namespace)' is not a namespace of Kubernetes: use 2 to 63 characters: small letters, digits and '-', with "
          + "a letter or digit at both ends", false)
    }
    if engine == .airflow, let repository = self[.gitRepository] {
      let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
      let isLong = gitServer == .gitLab ? parts.count >= 2 : parts.count == 2
      guard isLong, parts.allSatisfy({ !$0.isEmpty }), !repository.contains(where: \.isWhitespace)
      else {
        return add(
          .gitRepository,
          "'\(repository)' is not a repository; write OWNER/NAME, without the server and without .git",
          false)
      }
    }
  }

  private func apiLogin(_ add: Report) {
    let (user, password) = (self[.apiUsername], secret(.apiPassword))
    let kind = login.rawValue
    switch login {
    case .none, .serviceAccount:
      for (key, isThere) in [
        (RuntimeKey.apiUsername, user != nil), (.apiPassword, password != nil),
      ] where isThere {
        add(
          key,
          "is not used with auth_type \(kind), and Elyra refuses it; remove it with --unset "
            + "\(key.rawValue), or set another --auth-type", false)
      }
    case .dexPasswords, .dexLDAP:
      for (key, isThere) in [
        (RuntimeKey.apiUsername, user != nil), (.apiPassword, password != nil),
      ] where !isThere {
        add(key, "is needed with auth_type \(kind); set it with \(key.option)", false)
      }
    case .dexLegacy:
      if user != nil, password == nil {
        add(.apiPassword, "is needed with api_username; set it with --api-password", false)
      }
      if user == nil, password != nil {
        add(.apiUsername, "is needed with api_password; set it with --api-username", false)
      }
    case .token:
      if password == nil {
        add(
          .apiPassword,
          "is the token, and needed with auth_type \(kind); set it with --api-password",
          false)
      }
    }
  }

  private func storageRules(_ add: Report) {
    let kind = storageLogin.rawValue
    let needed: [RuntimeKey] =
      switch storageLogin {
      case .password: [.cosUsername, .cosPassword]
      case .secret: [.cosUsername, .cosPassword, .cosSecret]
      case .role: []
      }
    for key in [RuntimeKey.cosUsername, .cosPassword, .cosSecret] {
      let isThere = self[key] != nil
      if needed.contains(key), !isThere {
        add(key, "is needed with cos_auth_type \(kind); set it with \(key.option)", false)
      } else if !needed.contains(key), isThere {
        add(
          key,
          "is not used with cos_auth_type \(kind), and Elyra refuses it; remove it with --unset "
            + "\(key.rawValue), or set another --cos-auth-type", false)
      }
    }
  }

  private func secretRules(_ key: RuntimeKey, _ add: Report) {
    guard let secret = secret(key) else { return }
    let isShort = key == .cosPassword && secret.stored.unicodeScalars.count < 8
    switch secret.source {
    case .clear:
      if isShort { add(key, "has fewer than 8 characters, which Elyra refuses", false) }
      if file.isOpenToOthers {
        add(key, "other users can read it; `chmod 600 \(place)`", true)
      }
    case .environment(let name):
      if name.isEmpty || name.contains("=") {
        add(key, "'\(secret.stored)' names no environment variable", false)
      }
    case .file(let path):
      if !path.hasPrefix("/"), !path.hasPrefix("~/") {
        add(key, "'\(secret.stored)' needs an absolute path, or one that begins with ~/", false)
      }
    case .command(let text):
      if ShellWords.split(text)?.first == nil {
        add(key, "'\(secret.stored)' is no command; close all quotes", false)
      }
    }
    if secret.isReference, isShort {
      add(key, "Elyra refuses a reference of fewer than 8 characters; choose a longer name", true)
    }
  }

  private static func tagsProblem(_ value: JSONValue) -> String? {
    guard let tags = value.array, tags.allSatisfy({ $0.string != nil }) else {
      return "expected a list of texts; set it with --tag"
    }
    let texts = tags.compactMap(\.string)
    if Set(texts).count < texts.count { return "a tag is there twice; set them anew with --tag" }
    let isClean = texts.allSatisfy {
      $0.first.map { !$0.isWhitespace } == true && $0.last.map { !$0.isWhitespace } == true
    }
    return isClean ? nil : "a tag is empty, or has blanks around it; set them anew with --tag"
  }
}
