import Testing

@testable import KernelLauncher

@Suite("Suggestions for unknown kernels")
struct SuggestionTests {
  @Test(
    "contain the kernel with the most similar name",
    arguments: [
      ("pyhton3", "python3"), ("Python3", "python3"), ("pythn", "python3"), ("irr", "ir"),
      ("r", "ir"), ("bahs", "bash"), ("julia-1.9", nil), ("", nil),
      (String(repeating: "x", count: 10_000), nil),
    ] as [(String, String?)])
  func nearest(_ name: String, _ expected: String?) throws {
    let error = KernelNotFound(
      name: name, installed: ["bash", "ir", "python3"], searched: [], broken: nil)
    #expect(error.nearest == expected)
    let suggestion = expected.map { "Did you mean '\($0)'? " } ?? ""
    #expect(
      error.description
        == "no kernel named '\(name)'. \(suggestion)Installed: bash, ir, python3.")
  }

  @Test("are empty if no kernel is installed")
  func none() {
    let error = KernelNotFound(name: "python3", installed: [], searched: [], broken: nil)
    #expect(error.nearest == nil)
  }
}
