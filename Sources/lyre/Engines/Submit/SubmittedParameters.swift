import JSONCore
import PipelineExecution
import PipelineExport
import Pipelines

/// The parameters of a submission, of the types that the pipeline declares.
enum SubmittedParameters {
  /// The values for the engine.
  ///
  /// - Parameters:
  ///   - given: the values of the command line.
  ///   - pipeline: the pipeline.
  /// - Throws: ``UsageError`` if one is not declared, is not of its type, or is missing.
  static func values(_ given: JSONObject, for pipeline: Pipeline) throws(UsageError) -> JSONObject {
    var values = JSONObject()
    for member in given {
      let name = member.key.string
      guard let parameter = pipeline.parameters.first(where: { $0.name == name }) else {
        let known = pipeline.parameters.map(\.name)
        throw UsageError(
          message: "the pipeline has no parameter '\(name)'; "
            + (known.isEmpty ? "it declares none" : "it has \(known.joined(separator: ", "))"))
      }
      guard let value = ParameterValue.converted(member.value, to: parameter.type) else {
        throw UsageError(
          message: "the parameter '\(name)' is of the type \(parameter.type), which "
            + "\(member.value.description) is not")
      }
      values[name] = value
    }
    let missing = ParameterScope.missing(in: pipeline, given: given)
    guard missing.isEmpty else {
      throw UsageError(
        message: "the pipeline needs a value for \(missing.joined(separator: ", ")); give it with "
          + "-p NAME VALUE")
    }
    return values
  }
}
