import RealKernels
import Testing

@Suite("House rules")
struct HouseRulesTests {
  @Test("the sources keep every rule", arguments: HouseRule.all)
  func sourcesKeep(rule: HouseRule) throws {
    let sources = try SwiftSource.all(under: "Sources", in: RealKernels.repositoryRoot)
    #expect(sources.count > 20)
    #expect(rule.violations(in: sources) == [])
  }

  @Test("the table of allowed imports has every module of the sources")
  func everyModuleIsKnown() throws {
    let sources = try SwiftSource.all(under: "Sources", in: RealKernels.repositoryRoot)
    #expect(Set(sources.map(\.module)).subtracting(HouseRule.knows.keys) == [])
  }

  @Test("the tests keep their rule")
  func testsKeep() throws {
    let sources = try SwiftSource.all(under: "Tests", in: RealKernels.repositoryRoot)
    #expect(HouseRule.testsWaitInOneWay.violations(in: sources) == [])
  }

  @Test("the tests are written with Swift Testing and without Foundation")
  func testsAreOfOneKind() throws {
    let sources = try SwiftSource.all(under: "Tests", in: RealKernels.repositoryRoot)
    let old = sources.flatMap { source in
      source.imports.filter { ["XCTest", "Foundation"].contains($0.module) }
        .map { "\(source.path):\($0.line)" }
    }
    #expect(old == [])
  }

  @Test(
    "a rule finds violations",
    arguments: [
      (HouseRule.noFoundation, "lyre", "import Foundation"),
      (HouseRule.noFoundation, "lyre", "@preconcurrency public import Foundation"),
      (HouseRule.noFoundation, "lyre", "import struct Foundation.Data"),
      (HouseRule.pureModules, "JSONCore", "import Glibc"),
      (HouseRule.pureModules, "JupyterProtocol", "import FoundationEssentials"),
      (HouseRule.importsFollowTheArchitecture, "JSONCore", "import JupyterProtocol"),
      (HouseRule.importsFollowTheArchitecture, "KernelClient", "public import NotebookDocument"),
      (HouseRule.importsFollowTheArchitecture, "NotebookDocument", "import KernelClient"),
      (HouseRule.oneModuleForEachLibrary, "KernelClient", "import CZeroMQ"),
      (HouseRule.oneModuleForEachLibrary, "KernelLauncher", "import COpenSSL"),
      (HouseRule.oneModuleForEachLibrary, "NotebookExecution", "import ArgumentParser"),
      (HouseRule.noHiddenTasks, "KernelClient", "Task { await run() }"),
      (HouseRule.noHiddenTasks, "KernelClient", "let task = Task<Void, Never> {"),
      (HouseRule.noHiddenTasks, "KernelClient", "Task.detached {"),
      (HouseRule.noHiddenTasks, "KernelClient", "Task(priority: .high) {"),
      (HouseRule.noBlockingSleeps, "ZeroMQ", "usleep(1000)"),
      (HouseRule.noBlockingSleeps, "ZeroMQ", "  sleep(1)"),
      (HouseRule.testsWaitInOneWay, "LyreCommandTests", "try await Task.sleep(for: .seconds(1))"),
      (HouseRule.testsWaitInOneWay, "LyreCommandTests", "usleep(10)"),
    ])
  func ruleFinds(rule: HouseRule, module: String, line: String) {
    let source = SwiftSource(path: "Sources/\(module)/File.swift", text: "// first\n\(line)\n")
    #expect(rule.violations(in: [source]) == ["Sources/\(module)/File.swift:2"])
  }

  @Test(
    "a rule accepts conforming code",
    arguments: [
      "import FoundationEssentials", "// Task { }", "/* import Foundation\nTask { } */",
      #"let text = "Task { \"import Foundation\" }""#, "await Task { await kernel.end() }.value",
      "\"\"\"\nimport Foundation\n\"\"\"", "group.addTask { }",
      "try await clock.sleep(1)",
      "if Task.isCancelled { }", "try? await Task.sleep(until: deadline, clock: .continuous)",
    ])
  func rulesLetPass(text: String) {
    let source = SwiftSource(path: "Sources/lyre/File.swift", text: text)
    for rule in HouseRule.all {
      #expect(rule.violations(in: [source]) == [], "\(rule)")
    }
  }
}
