import Glibc

/// The user of a container's processes, such that the files that they create belong to the caller.
struct ContainerUser: Sendable, Hashable {
  /// The caller's user.
  var user: UInt32
  /// The caller's group.
  var group: UInt32
  /// The caller's other groups.
  var others: [UInt32]

  /// The user of this program.
  static var caller: ContainerUser {
    var groups = [gid_t](repeating: 0, count: 256)
    let count = getgroups(Int32(groups.count), &groups)
    let group = getgid()
    return ContainerUser(
      user: getuid(), group: group,
      others: count > 0 ? groups.prefix(Int(count)).filter { $0 != group } : [])
  }

  /// The options of the engine.
  func options(for kind: EngineKind, _ facts: EngineFacts) -> [String] {
    let ids = ["--user", "\(user):\(group)"]
    switch (kind, facts.isRootless) {
    // The root of such a container is the caller, and all others are strangers.
    case (.docker, true): return ["--user", "0:0"]
    case (.podman, true): return ["--userns", "keep-id"] + ids
    case (.docker, false):
      return (facts.mapsUsers ? ["--userns", "host"] : []) + ids + otherGroups
    case (.podman, false): return ids + otherGroups
    }
  }

  private var otherGroups: [String] { others.flatMap { ["--group-add", "\($0)"] } }
}
