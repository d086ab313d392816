import JSONCore
import PipelineExecution
import Pipelines
import Reports
import SystemSupport

extension PipelineRunPlan {
  /// The configuration with the places of the nodes of a valid pipeline.
  func configuration(for graph: PipelineGraph, _ input: PipelineInput) -> PipelineConfiguration {
    var configuration = configuration
    configuration.places = (try? configuration.places.resolved(in: graph)) ?? configuration.places
    configuration.places.project = input.folder.root
    return configuration
  }

  /// Whether a pipeline can be run.
  enum Validity {
    case valid(PipelineGraph)
    /// The reasons, which have been reported.
    case refused([String])
  }

  /// The graph of the pipeline if it can be run.
  func validity(of document: PipelineDocument, _ pipeline: Pipeline, _ input: PipelineInput)
    -> Validity
  {
    var findings = PipelineValidation(for: .local).findings(
      in: document, pipeline, files: input.folder)
    let graph = try? PipelineGraph(pipeline)
    if let graph {
      do throws(NodeSelection.Unknown) {
        if let places = try configuration.selection.places(in: graph) {
          guard !places.isEmpty else {
            let reason =
              "no node would run: \(configuration.selection.options) have no node in common"
            _ = fail("\(path): \(reason)", .unusableInput)
            return .refused([reason])
          }
          let ids = Set(places.map { graph.nodes[$0].id })
          // Problems of nodes that do not run are ignored.
          findings.removeAll { $0.nodeID.map { !ids.contains($0) } ?? false }
        }
      } catch {
        _ = fail("\(path): \(error)", .unusableInput)
        return .refused(["\(error)"])
      }
    }
    if let graph {
      do throws(NodeSelection.Unknown) {
        let places = try configuration.places.resolved(in: graph)
        let selected = try? configuration.selection.places(in: graph)
        findings = places.adapted(
          findings,
          graph.nodes.enumerated().filter { selected?.contains($0.offset) ?? true }
            .map(\.element), environment: configuration.environment)
      } catch {
        _ = fail("\(path): \(error)", .unusableInput)
        return .refused(["\(error)"])
      }
    }
    for name in ParameterScope.missing(in: pipeline, given: configuration.parameters) {
      findings.append(
        Finding(
          .error, .pipelineParameter, "the parameter '\(name)' has no value",
          remedy: "give one with -p \(name) VALUE"))
    }
    if isStrict {
      let known = Set(pipeline.parameters.map(\.name))
      for member in configuration.parameters where !known.contains(member.key.string) {
        findings.append(
          Finding(
            .error, .pipelineParameter,
            "the pipeline does not declare the parameter '\(member.key.string)'"))
      }
    }
    let shown = findings.filter {
      $0.severity == .error
        || !reporting.isQuiet && ($0.severity == .warning || reporting.isVerbose)
    }
    for line in PipelineFindings.lines(shown) { Printer.shared.log(line) }
    guard !findings.hasErrors, let graph else {
      _ = fail("\(path): not valid, and was not run", .unusableInput)
      return .refused(findings.filter { $0.severity == .error }.map(\.description))
    }
    return .valid(graph)
  }
}
