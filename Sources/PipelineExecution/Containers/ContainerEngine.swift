import JSONCore
import SystemSupport

/// A container engine, used through its command-line program, so that its contexts, credentials and
/// settings are the user's.
struct ContainerEngine: Sendable {
  /// Why there is no engine, or why it did not do something.
  struct Problem: Error, CustomStringConvertible {
    /// What happened, and the remedy.
    var description: String
    /// Whether the run was stopped meanwhile.
    var isStop = false
  }

  /// The program.
  let command: ToolCommand
  /// The name that the user knows it by.
  let name: String
  let kind: EngineKind
  let facts: EngineFacts

  /// The variable that names the engine's program.
  static let variable = "LYRE_CONTAINER_ENGINE"

  /// Finds an engine that answers.
  ///
  /// - Parameters:
  ///   - named: its program, by name or path; nil for the one that ``variable`` names, or else the
  ///     first of `docker` and `podman` that answers.
  ///   - environment: the variables of this program.
  /// - Throws: ``Problem`` if there is none.
  static func find(named: String?, environment: [String: String], control: NodeControl?)
    async throws(Problem) -> ContainerEngine
  {
    let wanted = named ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    var problems: [String] = []
    for name in wanted.map({ [$0] }) ?? ["docker", "podman"] {
      guard let program = ScriptCommand.find([name], environment) else {
        if wanted != nil {
          throw Problem(
            description: "there is no container engine '\(name)': no such program is on PATH")
        }
        continue
      }
      do throws(Problem) {
        return try await open(
          ToolCommand(program: program, environment: environment), name, control)
      } catch {
        if error.isStop { throw error }
        problems.append(error.description)
      }
    }
    guard problems.isEmpty else { throw Problem(description: problems.joined(separator: "; ")) }
    throw Problem(
      description: "there is no container engine: install docker or podman, or name one with "
        + "--container-engine")
  }

  private static func open(_ command: ToolCommand, _ name: String, _ control: NodeControl?)
    async throws(Problem) -> ContainerEngine
  {
    // Both at once: each start of the program takes a few hundredths of a second.
    async let facts = answer(command, ["info", "--format", "{{json .}}"], name, control)
    let version = try await answer(command, ["--version"], name, control).get()
    let kind = EngineKind(version: version.text)
    let info = try await facts.get()
    guard let value = try? JSONValue(parsing: info.output) else {
      throw Problem(description: "\(name) does not tell about itself: \(info.reason)")
    }
    // Docker's client also answers without its server.
    if let error = value["ServerErrors"]?.array?.first?.string {
      throw Problem(description: unreachable(name, error, command.environment))
    }
    // Older clients answer with empty facts.
    guard info.isSuccess else {
      throw Problem(description: unreachable(name, info.reason, command.environment))
    }
    return ContainerEngine(
      command: command, name: name, kind: kind, facts: EngineFacts(value, of: kind))
  }

  private static func answer(
    _ command: ToolCommand, _ arguments: [String], _ name: String, _ control: NodeControl?
  ) async -> Result<ToolCommand.Answer, Problem> {
    do throws(ToolCommand.Failure) {
      let answer = try await command.run(arguments, limit: .seconds(30), control: control)
      guard answer.isSuccess || !answer.output.isEmpty else {
        return .failure(
          Problem(description: unreachable(name, answer.reason, command.environment)))
      }
      return .success(answer)
    } catch {
      if error.isStop { return .failure(Problem(description: error.message, isStop: true)) }
      return .failure(Problem(description: unreachable(name, error.message, command.environment)))
    }
  }

  /// That an engine does not answer, and what to do.
  static func unreachable(
    _ name: String, _ reason: String, _ environment: [String: String]
  ) -> String {
    let host = environment["DOCKER_HOST"] ?? environment["CONTAINER_HOST"]
    let place = host.map { " (at \($0))" } ?? ""
    let end = reason.last.map { ".?!".contains($0) } ?? false ? "" : "."
    return "the container engine \(name)\(place) does not answer: \(reason)\(end) Start it, or "
      + "name another one with --container-engine"
  }

  // MARK: Requests

  /// Runs a command of the engine.
  ///
  /// - Throws: ``Problem`` if there is no answer, or none with exit code 0.
  func request(
    _ arguments: [String], limit: Duration? = .seconds(60), control: NodeControl? = nil,
    onErrors: (@Sendable ([UInt8]) -> Void)? = nil
  ) async throws(Problem) -> ToolCommand.Answer {
    let answer: ToolCommand.Answer
    do throws(ToolCommand.Failure) {
      answer = try await command.run(
        arguments, limit: limit, control: control, onErrors: onErrors)
    } catch {
      throw Problem(description: "\(name): \(error.message)", isStop: error.isStop)
    }
    guard answer.isSuccess else { throw Problem(description: "\(name): \(answer.reason)") }
    return answer
  }

  /// What it knows about an image; nil if it does not have it.
  func image(_ name: String, control: NodeControl? = nil) async throws(Problem) -> ImageFacts? {
    let answer: ToolCommand.Answer
    do throws(ToolCommand.Failure) {
      answer = try await command.run(["image", "inspect", name], control: control)
    } catch {
      throw Problem(description: "\(self.name): \(error.message)", isStop: error.isStop)
    }
    if !answer.isSuccess {
      let reason = answer.reason.lowercased()
      if reason.contains("no such image") || reason.contains("image not known")
        || reason.contains("not found")
      {
        return nil
      }
      throw Problem(description: "\(self.name): \(answer.reason)")
    }
    return (try? JSONValue(parsing: answer.output)).flatMap(ImageFacts.init)
  }

  /// What it knows about containers, by names or ids; empty if it does not answer.
  func containers(_ names: [String]) async -> [ContainerFacts] {
    guard !names.isEmpty,
      let answer = try? await command.run(["container", "inspect"] + names),
      let value = try? JSONValue(parsing: answer.output)
    else { return [] }
    return ContainerFacts.all(value)
  }

  /// Removes containers, running ones too, with their own volumes.
  ///
  /// - Throws: ``Problem`` if one is still there.
  func remove(_ names: [String]) async throws(Problem) {
    guard !names.isEmpty else { return }
    let answer: ToolCommand.Answer
    do throws(ToolCommand.Failure) {
      answer = try await command.run(["rm", "--force", "--volumes"] + names)
    } catch {
      throw Problem(description: "\(name): \(error.message)")
    }
    guard !answer.isSuccess else { return }
    let reason = answer.reason.lowercased()
    if reason.contains("no such container") || reason.contains("no container with name") { return }
    throw Problem(description: "\(name): \(answer.reason)")
  }
}
