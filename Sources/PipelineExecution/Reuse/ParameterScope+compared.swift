import Pipelines

extension ParameterScope {
  /// The variables that a node's result is known to depend on: those that the pipeline sets or
  /// inherits, and those that programs of this machine read.
  func comparedVariables(of node: PipelineNode, base: [String: String], isElsewhere: Bool = false)
    -> [String: String]
  {
    var result = variables(of: node)
    for name in node.inheritedVariables + (isElsewhere ? [] : ProgramPrints.heededVariables)
    where result[name] == nil {
      result[name] = base[name]
    }
    return result
  }
}
