import Glibc

/// The real kernels of the tests: those of the test environment (scripts/README.md).
package enum RealKernels {
  /// The folder of the test environment: `LYRE_TEST_ENV`, or the one that `scripts/test-env`
  /// creates.
  package static let folder: String = value(of: "LYRE_TEST_ENV") ?? repositoryRoot + "/.venv-test"

  /// The root of this repository.
  package static let repositoryRoot: String = {
    let components = #filePath.split(separator: "/")  // …/Tests/RealKernels/RealKernels.swift
    return "/" + components.dropLast(3).joined(separator: "/")
  }()

  /// The environment of kernels and `lyre`: this process's environment, overridden by the test
  /// environment's.
  package static let environment: [String: String] = {
    var result = processEnvironment()
    guard let lines = contents(of: folder + "/env")?.split(separator: "\n") else { return result }
    for line in lines {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let name = String(line[..<equals])
      let value = String(line[line.index(after: equals)...])
      let parts = value.split(separator: "${PATH}", omittingEmptySubsequences: false)
      result[name] = parts.joined(separator: result["PATH"] ?? "")
    }
    return result
  }()

  /// Whether a test can rely on the kernel called `name`.
  ///
  /// `scripts/test` sets `LYRE_REQUIRE_KERNELS`: then all kernels are required, so that tests fail
  /// for a missing kernel instead of being skipped.
  package static func has(_ name: String) -> Bool {
    if value(of: "LYRE_REQUIRE_KERNELS") != nil { return true }
    // With its type, because the compiler would otherwise infer arrays of characters.
    let path: [Substring] = (environment["JUPYTER_PATH"] ?? "").split(separator: ":")
    let folders = path + ["/usr/share/jupyter"]
    return folders.contains { access("\($0)/kernels/\(name)/kernel.json", R_OK) == 0 }
  }

  /// Why a test was skipped, for `.enabled(if:_:)`.
  package static let missing = "needs the test environment: run scripts/test-env"
}

/// The variable called `name`, if it is set and not empty.
private func value(of name: String) -> String? {
  guard let text = getenv(name), text.pointee != 0 else { return nil }
  return String(cString: text)
}

private func processEnvironment() -> [String: String] {
  var result: [String: String] = [:]
  var entry = environ
  while let text = entry.pointee {
    let pair = String(cString: text)
    if let equals = pair.firstIndex(of: "=") {
      result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    entry += 1
  }
  return result
}

private func contents(of path: String) -> String? {
  guard let file = fopen(path, "re") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
    bytes += chunk[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}
