import JSONCore
import Pipelines

/// The resources of a container, from a node's properties.
struct ContainerResources: Sendable, Hashable {
  /// The most cores that it may use; nil for all.
  var cores: Double?
  /// Its share of the cores if others want them too, 1024 for one core.
  var shares: Int?
  /// The most memory that it may use, in bytes; nil for all.
  var memory: Int64?
  /// The memory that it keeps if the machine runs short, in bytes.
  var reserved: Int64?
  /// The size of its shared memory, in bytes; nil for the engine's default.
  var sharedMemory: Int64?
  /// The number of accelerators.
  var accelerators = 0
  /// The resource name of the accelerators.
  var vendor: String?

  /// Whether it wants anything that an engine may not be able to limit.
  var limitsAnything: Bool { cores != nil || memory != nil }

  /// Takes over what a node asks for, as a cluster does: requests are shares, limits are limits.
  init(_ node: PipelineNode) {
    let wanted = node.resources
    cores = wanted.cpuLimit.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    shares = wanted.cpu.flatMap { cores in
      cores > 0 && cores.isFinite ? min(max(Int(min(cores, 256) * 1024), 2), 262_144) : nil
    }
    memory = ContainerResources.bytes(gigabytes: wanted.memoryLimit)
    reserved = ContainerResources.bytes(gigabytes: wanted.memory)
    if let limit = memory, let own = reserved, own > limit { reserved = limit }
    let size = node.kubernetes.sharedMemory["size"]
    sharedMemory = ContainerResources.bytes(
      gigabytes: size?.double ?? size?.string.flatMap { Double($0) })
    accelerators = wanted.gpu.flatMap { $0.isFinite && $0 >= 1 ? Int(min($0, 1024)) : nil } ?? 0
    vendor = wanted.gpuVendor
  }

  /// Gigabytes, as Elyra counts them: 10⁹ bytes.
  static func bytes(gigabytes: Double?) -> Int64? {
    guard let gigabytes, gigabytes > 0, gigabytes <= 1e6 else { return nil }
    return Int64((gigabytes * 1e9).rounded())
  }

  /// A size in words.
  static func text(bytes: Int64) -> String {
    func short(_ value: Double) -> String {
      let tenths = Int((value * 10).rounded())
      return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
    let size = Double(bytes)
    return size >= 1e9 ? "\(short(size / 1e9)) GB" : "\(short(size / 1e6)) MB"
  }

  /// The options of the engine.
  ///
  /// - Parameters:
  ///   - kind: the engine.
  ///   - facts: what it is able to limit.
  func options(for kind: EngineKind, _ facts: EngineFacts) -> [String] {
    var options: [String] = []
    if facts.limitsProcessor {
      if let cores {
        // An engine refuses more cores than it has.
        let most = facts.cores.map { min(cores, Double($0)) } ?? cores
        options += ["--cpus", "\(max(most, 0.01))"]
      }
      if let shares { options += ["--cpu-shares", "\(shares)"] }
    }
    if facts.limitsMemory {
      // Engines refuse less.
      let least: Int64 = 6_291_456
      if let memory {
        // No swap in addition, as on a cluster.
        let size = "\(max(memory, least))"
        options += ["--memory", size, "--memory-swap", size]
      }
      if let reserved { options += ["--memory-reservation", "\(max(reserved, least))"] }
    }
    if let sharedMemory { options += ["--shm-size", "\(sharedMemory)"] }
    return options + acceleratorOptions(for: kind)
  }

  private func acceleratorOptions(for kind: EngineKind) -> [String] {
    guard accelerators > 0 else { return [] }
    // ROCm's own way, the same for both engines.
    if vendor == "amd.com/gpu" {
      return ["--device", "/dev/kfd", "--device", "/dev/dri", "--group-add", "video"]
    }
    let vendor = vendor ?? "nvidia.com/gpu"
    switch kind {
    case .docker where vendor == "nvidia.com/gpu": return ["--gpus", "\(accelerators)"]
    default: return (0..<accelerators).flatMap { ["--device", "\(vendor)=\($0)"] }
    }
  }
}
