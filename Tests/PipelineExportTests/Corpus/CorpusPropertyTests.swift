import Glibc
import JSONCore
import KernelTesting
import PipelineExport
import Pipelines
import RealKernels
import Testing

@Suite("Properties of exported pipelines, one by one")
struct CorpusPropertyTests {
  /// A pipeline with every property that the editor has.
  private static let full = RealKernels.repositoryRoot + "/Tests/Engines/full/full.pipeline"

  /// That pipeline without its components, which no two engines have.
  private func full() throws -> CorpusPipeline {
    var json = try JSONValue(parsing: readFile(CorpusPropertyTests.full))
    json.updateObject { file in
      file.update("pipelines") { flows in
        flows = .array(
          (flows.array ?? []).map { flow in
            var flow = flow
            flow.updateObject { flow in
              flow.update("nodes") { nodes in
                nodes = .array(
                  (nodes.array ?? []).filter {
                    $0["op"]?.string?.hasPrefix("execute-") == true
                  })
              }
            }
            return flow
          })
      }
    }
    return CorpusPipeline(path: "full.pipeline", bytes: json.serialized())
  }

  private func kubeflow(_ pipeline: CorpusPipeline) throws -> KubeflowTasks {
    let compiled = try KubeflowPipeline(try pipeline.plan(.kubeflow))
    return try KubeflowTasks(try compiled.yaml(), compiled.findings)
  }

  @Test(
    "every pipeline of the corpus for Kubeflow Pipelines",
    .enabled(if: CorpusPipeline.isThere, "needs ../shared/corpus"))
  func kubeflow() throws {
    var (compared, refused) = (0, [String]())
    for pipeline in try CorpusPipeline.all() {
      let tasks: KubeflowTasks
      do {
        tasks = try kubeflow(pipeline)
      } catch {
        refused.append("\(pipeline.path): \(error)")
        continue
      }
      guard let source = try pipeline.source() else { continue }
      compared += 1
      let found = PropertyComparison.differences(
        source, tasks.properties, tasks.all, isKubeflow: true)
      #expect(found == [], "\(pipeline.path)")
    }
    #expect(
      compared >= 75, "\(compared) compared; refused: \(refused.joined(separator: "\n"))")
  }

  @Test(
    "every pipeline of the corpus for Airflow",
    .enabled(if: CorpusPipeline.isThere, "needs ../shared/corpus"),
    .enabled(if: access(AirflowTasks.python, X_OK) == 0, "needs python3"))
  func airflow() async throws {
    var (sources, pipelines) = ([String](), [(path: String, source: SourcePipeline)]())
    for pipeline in try CorpusPipeline.all() {
      guard let plan = try? pipeline.plan(.airflow), let made = try? AirflowPipeline(plan),
        let source = try pipeline.source()
      else { continue }
      sources.append(made.source)
      pipelines.append((pipeline.path, source))
    }
    let all = try await AirflowTasks.read(sources)
    for (pipeline, tasks) in zip(pipelines, all) {
      let found = PropertyComparison.differences(
        pipeline.source, tasks.properties, tasks.all, isKubeflow: false)
      #expect(found == [], "\(pipeline.path)")
    }
    #expect(all.count == pipelines.count && all.count >= 60, "\(all.count) compared")
  }

  // MARK: Losses

  /// Properties that a compiled file does not have: of archives, of a value that a secret replaces, whether a
  /// parameter with a default is required, and how an editor shows a pipeline.
  private func isElsewhere(_ place: [String]) -> Bool {
    let path = place.joined(separator: ".")
    return ["dependencies", "include_subdirectories"].contains { path.contains($0) }
      || ["env_vars.2.value", "parameters.0.required", "parameters.1.required", "ui_data.label"]
        .contains(where: path.hasSuffix)
  }

  /// The places of all texts, numbers and flags in a value.
  private func leaves(_ value: JSONValue, _ place: [String]) -> [[String]] {
    if let object = value.object {
      return object.flatMap { leaves($0.value, place + [$0.key.string]) }
    }
    if let array = value.array {
      return array.enumerated().flatMap { leaves($1, place + [String($0)]) }
    }
    return value.isNull ? [] : [place]
  }

  private func changed(_ value: JSONValue, at place: ArraySlice<String>) -> JSONValue {
    guard let name = place.first else {
      if let flag = value.bool { return .init(!flag) }
      if let number = value.double { return .init(number + 1) }
      return .init((value.string ?? "") + "x")
    }
    let rest = place.dropFirst()
    if var object = value.object {
      object[name] = changed(object[name] ?? .null, at: rest)
      return .object(object)
    }
    var array = value.array ?? []
    if let index = Int(name) { array[index] = changed(array[index], at: rest) }
    return .array(array)
  }

  /// The sources that differ from a pipeline in one property, with its place.
  private func others(of pipeline: CorpusPipeline) throws -> [(
    place: String, source: SourcePipeline
  )] {
    let json = try JSONValue(parsing: pipeline.bytes)
    var places: [[String]] = []
    for (flow, value) in (json["pipelines"]?.array ?? []).enumerated() {
      let start = ["pipelines", String(flow)]
      for name in ["description", "pipeline_defaults", "pipeline_parameters"] {
        let place = ["app_data", "properties", name]
        places += leaves(value["app_data"]?["properties"]?[name] ?? .null, start + place)
      }
      for (number, node) in (value["nodes"]?.array ?? []).enumerated() {
        for name in ["component_parameters", "label", "lyre"] {
          let place = ["nodes", String(number), "app_data", name]
          places += leaves(node["app_data"]?[name] ?? .null, start + place)
        }
      }
    }
    return try places.filter { !isElsewhere($0) && $0.last != "cos_object_prefix" }.map { place in
      (place.joined(separator: "."), try #require(SourcePipeline(changed(json, at: place[...]))))
    }
  }

  @Test("a property that differs from the source is noticed, whichever it is")
  func noticesLosses() async throws {
    let pipeline = try full()
    let source = try #require(try pipeline.source())
    let yaml = try kubeflow(pipeline)
    #expect(
      PropertyComparison.differences(source, yaml.properties, yaml.all, isKubeflow: true) == [])
    let others = try others(of: pipeline)
    #expect(others.count > 60)
    for (place, other) in others {
      let found = PropertyComparison.differences(
        other, yaml.properties, yaml.all, isKubeflow: true)
      #expect(!found.isEmpty, "\(place) was not noticed")
    }
    guard access(AirflowTasks.python, X_OK) == 0 else { return }
    let made = try AirflowPipeline(try pipeline.plan(.airflow))
    let dag = try #require(try await AirflowTasks.read([made.source]).first)
    #expect(
      PropertyComparison.differences(source, dag.properties, dag.all, isKubeflow: false) == [])
    for (place, other) in others {
      let found = PropertyComparison.differences(other, dag.properties, dag.all, isKubeflow: false)
      #expect(!found.isEmpty, "\(place) was not noticed for Airflow")
    }
  }
}
