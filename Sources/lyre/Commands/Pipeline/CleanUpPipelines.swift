import ArgumentParser
import KernelLauncher
import PipelineExecution

/// The command `lyre pipeline cleanup`.
struct CleanUpPipelines: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleanup",
    abstract: "Remove containers and jobs of runs that were killed.",
    discussion: """
      Lyre removes the containers and jobs of its runs itself, even after Ctrl-C. If it is killed, \
      they may stay; the next run with containers or Slurm removes them, or this command does. \
      Those of runs that are still active are left alone, and so are those of other machines.

      EXAMPLES
        lyre pipeline cleanup
        lyre pipeline cleanup --container-engine podman
        lyre pipeline cleanup --all      also those of runs on other machines
      """)

  @Option(
    help: ArgumentHelp(
      "Only this container engine: docker, podman or a path. (default: all that answer)",
      valueName: "program"), completion: .file())
  var containerEngine: String?

  @Flag(help: "Also remove those of runs on other machines, which may still be active.")
  var all = false

  func run() async throws {
    let environment = JupyterPaths().environment
    var lines: [String] = []
    var failures: [String] = []
    // What cannot be looked at may not be in use at all.
    var warnings: [String] = []
    let engines =
      containerEngine.map { [$0] }
      ?? ["docker", "podman"].filter {
        LeftoverContainers.isInstalled($0, environment: environment)
      }
    for name in engines {
      do {
        let leftovers = try await LeftoverContainers(engine: name, environment: environment)
        for found in try await leftovers.remove(includesUnknown: all) {
          lines.append(
            line(
              "the container \(found.id) of node '\(found.node)' (\(found.pipeline))",
              isRemoved: found.isRemoved))
        }
      } catch {
        if containerEngine != nil {
          failures.append("\(error)")
        } else {
          warnings.append("containers were not looked at: \(error)")
        }
      }
    }
    if containerEngine == nil, let jobs = try? LeftoverJobs(environment: environment) {
      do {
        for found in try await jobs.remove(includesUnknown: all) {
          lines.append(line("the job \(found.job)", isRemoved: found.isRemoved))
        }
      } catch {
        warnings.append("jobs of Slurm were not looked at: \(error)")
      }
    }
    if lines.isEmpty, failures.isEmpty, warnings.isEmpty {
      lines.append("nothing is left of earlier runs")
    }
    for line in lines { Printer.shared.print("\(line)") }
    for warning in warnings { Printer.shared.log("\("warning:", .yellow) \(warning)") }
    for failure in failures { Printer.shared.log("\("error:", .red) \(failure)") }
    if !failures.isEmpty { try ExitCode.unusableInput.end() }
  }

  private func line(_ what: String, isRemoved: Bool) -> String {
    isRemoved
      ? "removed \(what)"
      : "left \(what): its run is on another machine and may be active; --all removes it"
  }
}
