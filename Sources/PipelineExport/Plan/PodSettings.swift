package import Pipelines

/// A node's settings for its pod, from Elyra's properties and Lyre's own.
package struct PodSettings: Sendable, Hashable {
  /// A variable from a secret.
  package struct Secret: Sendable, Hashable {
    /// The variable.
    package var variable: String
    /// The secret.
    package var name: String
    /// The key in the secret.
    package var key: String
  }

  /// A claim that is mounted.
  package struct Volume: Sendable, Hashable {
    /// Where it is mounted.
    package var path: String
    /// The name of the claim.
    package var claim: String
    /// The folder in it; nil for all of it.
    package var subPath: String?
    /// Whether it is mounted read-only.
    package var isReadOnly: Bool
  }

  /// A toleration.
  package struct Toleration: Sendable, Hashable {
    /// The key of the taint; nil for every taint.
    package var key: String?
    /// `Equal` or `Exists`.
    package var operation: String
    /// The value of the taint.
    package var value: String?
    /// `NoExecute`, `NoSchedule` or `PreferNoSchedule`; nil for all.
    package var effect: String?
  }

  /// A term of the affinity to machines.
  package struct Affinity: Sendable, Hashable {
    /// An expression about a label of the machine.
    package struct Expression: Sendable, Hashable {
      /// The label's key.
      package var key: String
      /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`.
      package var operation: String
      /// The values.
      package var values: [String]
    }

    /// The expressions, all of which must hold.
    package var expressions: [Expression]
    /// From 1 to 100 for a preference; nil if a machine must match.
    package var weight: Int?
  }

  /// The variables.
  package var environment: [EnvironmentVariable] = []
  /// The variables from secrets.
  package var secrets: [Secret] = []
  /// The claims.
  package var volumes: [Volume] = []
  /// The tolerations.
  package var tolerations: [Toleration] = []
  /// The labels, in the order of the pipeline.
  package var labels: [EnvironmentVariable] = []
  /// The annotations, in the order of the pipeline.
  package var annotations: [EnvironmentVariable] = []
  /// The size of `/dev/shm`, such as `2G`; nil for the default.
  package var sharedMemory: String?
  /// The requested and maximum resources, as Kubernetes spells them.
  package var resources = PodResources()
  /// `Always`, `IfNotPresent` or `Never`; nil for the default.
  package var pullPolicy: String?
  /// The secrets with credentials of registries.
  package var pullSecrets: [String] = []
  /// The labels that a machine must have.
  package var nodeSelector: [EnvironmentVariable] = []
  /// The affinity to machines.
  package var affinity: [Affinity] = []

  /// Creates settings without anything.
  package init() {}
}

/// Resources as Kubernetes spells them; nil if unspecified.
package struct PodResources: Sendable, Hashable {
  /// The requested cores, such as `0.5`.
  package var cpu: String?
  /// The maximum of cores.
  package var cpuLimit: String?
  /// The requested memory, such as `2G`.
  package var memory: String?
  /// The maximum of memory.
  package var memoryLimit: String?
  /// The number of accelerators.
  package var gpu: String?
  /// The name of the accelerators, such as `nvidia.com/gpu`.
  package var gpuVendor: String?

  /// Creates resources without anything.
  package init() {}
}
