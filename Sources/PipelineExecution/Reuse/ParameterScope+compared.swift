import Pipelines

extension ParameterScope {
  /// The variables that a node's result may depend on, as far as that can be known: those that the
  /// pipeline names, with a value or to be taken from outside, and those that programs heed.
  func comparedVariables(of node: PipelineNode, base: [String: String]) -> [String: String] {
    var result = variables(of: node)
    for name in node.inheritedVariables + ProgramPrints.heededVariables
    where result[name] == nil {
      result[name] = base[name]
    }
    return result
  }
}
