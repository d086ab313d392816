import Pipelines
import SystemSupport

extension RemoteNode {
  /// Writes the description for a job, with the node's variables in a file of their own: the engine
  /// shows neither.
  ///
  /// - Parameters:
  ///   - description: the node.
  ///   - environment: the file for its variables.
  ///   - python: the Python for scripts; the machines of a cluster have the same.
  /// - Throws: `SystemError`.
  func write(_ description: NodeDescription, variables environment: String, python: String?)
    throws(SystemError)
  {
    var description = description
    description.node.environment = [:]
    description.node.environmentFile = environment
    description.node.python = python
    try EnvironmentFile.write(task.variables, to: environment)
    try write(description)
  }
}
