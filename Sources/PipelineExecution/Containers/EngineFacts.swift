import JSONCore

/// The kinds of container engines, which differ in a few options.
enum EngineKind: String, Sendable, Hashable, CaseIterable {
  /// Docker, or a program with the same command line.
  case docker
  /// Podman.
  case podman

  /// The kind of a program, by what it prints for `--version`.
  init(version: String) {
    // Debian's package podman-docker names podman `docker`.
    self = version.lowercased().contains("podman") ? .podman : .docker
  }
}

/// What an engine says about itself.
struct EngineFacts: Sendable, Hashable {
  /// Whether its containers run without the rights of root, with the caller as their root.
  var isRootless = false
  /// Whether the users of containers are other users of the machine.
  var mapsUsers = false
  /// Whether SELinux separates containers from the files of users.
  var hasSELinux = false
  /// Whether it is a program on another machine.
  var isRemote = false
  /// How many cores its machine has; nil if unknown.
  var cores: Int?
  /// Whether it limits memory and processor time; engines without root may not.
  var limitsMemory = true
  var limitsProcessor = true

  /// The facts of an engine with the rights of root and without peculiarities.
  init() {}

  /// Reads the answer to `info --format '{{json .}}'`.
  ///
  /// - Parameters:
  ///   - info: the answer.
  ///   - kind: the engine.
  init(_ info: JSONValue, of kind: EngineKind) {
    switch kind {
    case .docker:
      let options = (info["SecurityOptions"]?.array ?? []).compactMap(\.string)
      func has(_ name: String) -> Bool {
        options.contains { $0 == "name=\(name)" || $0.hasPrefix("name=\(name),") }
      }
      isRootless = has("rootless")
      mapsUsers = has("userns")
      hasSELinux = has("selinux")
      cores = info["NCPU"]?.int
      limitsMemory = info["MemoryLimit"]?.bool ?? true
      limitsProcessor = (info["CpuCfsQuota"]?.bool ?? info["CPUCfsQuota"]?.bool) ?? true
    case .podman:
      let host = info["host"]
      isRootless = host?["security"]?["rootless"]?.bool ?? false
      hasSELinux = host?["security"]?["selinuxEnabled"]?.bool ?? false
      isRemote = host?["serviceIsRemote"]?.bool ?? false
      cores = host?["cpus"]?.int
      if let controllers = host?["cgroupControllers"]?.array?.compactMap(\.string),
        host?["cgroupVersion"]?.string == "v2"
      {
        limitsMemory = controllers.contains("memory")
        limitsProcessor = controllers.contains("cpu")
      }
    }
  }
}

/// What an engine knows about an image.
struct ImageFacts: Sendable, Hashable {
  /// The digest of its content, without the name of the algorithm.
  var digest: String
  /// The variables that it sets.
  var variables: [String: String] = [:]
  /// Its processor, as Go names it: `amd64`.
  var processor: String?

  /// Reads the answer to `image inspect`; nil if it is none.
  init?(_ answer: JSONValue) {
    guard let image = answer.array?.first, let id = image["Id"]?.string else { return nil }
    digest = id.split(separator: ":").last.map(String.init) ?? id
    for entry in image["Config"]?["Env"]?.array ?? [] {
      guard let text = entry.string, let equals = text.firstIndex(of: "=") else { continue }
      variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    processor = image["Architecture"]?.string
  }
}

/// What an engine knows about a container that it has, or had.
struct ContainerFacts: Sendable, Hashable {
  /// Its id.
  var id: String
  /// Its state: `created`, `running`, `exited`, and others.
  var status: String
  /// Whether a process of it was killed because its memory was used up.
  var ranOutOfMemory: Bool
  /// Its exit code.
  var exitCode: Int
  /// Why it did not start; empty if it did.
  var error: String
  /// Its labels.
  var labels: [String: String]

  /// Whether its program has run and ended.
  var hasEnded: Bool { ["exited", "stopped", "dead"].contains(status) }

  /// A container whose program exited with code 0, as the engine's `run` tells by its own exit code.
  static func ranWell(_ name: String) -> ContainerFacts {
    ContainerFacts(
      id: name, status: "exited", ranOutOfMemory: false, exitCode: 0, error: "", labels: [:])
  }

  /// Reads the answer to `container inspect`, a list.
  static func all(_ answer: JSONValue) -> [ContainerFacts] {
    (answer.array ?? []).compactMap { container in
      guard let id = container["Id"]?.string else { return nil }
      let state = container["State"]
      var labels: [String: String] = [:]
      for member in container["Config"]?["Labels"]?.object ?? [:] {
        labels[member.key.string] = member.value.string
      }
      return ContainerFacts(
        id: id, status: state?["Status"]?.string ?? "",
        ranOutOfMemory: state?["OOMKilled"]?.bool ?? false,
        exitCode: state?["ExitCode"]?.int ?? -1, error: state?["Error"]?.string ?? "",
        labels: labels)
    }
  }
}
