package import Pipelines

extension NodePlaces {
  /// The findings of validation as they hold where the nodes run.
  ///
  /// - Parameters:
  ///   - findings: the findings for nodes that run as processes of this machine.
  ///   - nodes: the nodes of the pipeline.
  ///   - environment: the variables of this program.
  package func adapted(
    _ findings: [Finding], _ nodes: [PipelineNode], environment: [String: String]
  ) -> [Finding] {
    let elsewhere = nodes.filter { place(of: $0) != .process }
    guard !elsewhere.isEmpty else { return findings }
    let contained = elsewhere.filter { place(of: $0) == .container }
    let ids = Set(contained.map(\.id))
    var result = findings.filter { finding in
      // An image has kernels and interpreters of its own.
      let isLocal = NodePlaces.aboutThisMachine.contains(finding.code)
      return !isLocal || !(finding.nodeID.map(ids.contains) ?? false)
    }
    do throws(PortableProgram.Problem) {
      _ = try PortableProgram.find(named: program, environment: environment)
    } catch {
      result.append(Finding(.error, .lyreProperty, error.description))
    }
    for node in contained {
      do throws(ContainerEngine.Problem) {
        _ = try ContainerRunner.image(of: node, containers)
      } catch {
        result.append(
          Finding(.error, .missingImage, error.description, node: node, property: "runtime_image"))
      }
      do throws(ContainerEngine.Problem) {
        _ = try NodeMounts.volumes(of: node, containers.volumes)
      } catch {
        result.append(
          Finding(
            .error, .volumeMount, error.description, node: node, property: "mounted_volumes"))
      }
    }
    return result
  }

  /// What only matters for nodes that run with the programs of this machine.
  private static let aboutThisMachine: Set<FindingCode> = [
    .missingKernel, .kernelNotNamed, .missingInterpreter,
  ]
}
