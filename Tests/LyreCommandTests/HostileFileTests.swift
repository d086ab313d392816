import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Hostile files")
struct HostileFileTests {
  private static let commands = [
    ["check"], ["format"], ["format", "--check"], ["inspect"], ["run", "-q", "-k", "scripted"],
  ]

  private static func notebook(metadata: String, cells: String = "[]") -> String {
    "{\"nbformat\": 4, \"nbformat_minor\": 5,\n \"metadata\": \(metadata),\n \"cells\": \(cells)}"
  }

  private static let notJSON = "not a notebook, because it is not JSON: "

  /// The content of a file, and every command's message about it.
  private static let files: [(bytes: [UInt8], message: String)] = [
    ([], "the file is empty; a notebook is a JSON object"),
    (Array(" \r\n\t".utf8), "the file is empty; a notebook is a JSON object"),
    (
      [0xEF, 0xBB, 0xBF], notJSON + "line 1, column 2: expected a value, found the end of the text"
    ),
    (
      [UInt8](repeating: 0, count: 100_000),
      notJSON + "line 1, column 1: expected a value, found byte 0x00"
    ),
    (
      [UInt8](repeating: UInt8(ascii: "["), count: 100_000),
      notJSON + "line 1, column 1001: nested deeper than 1000 levels"
    ),
    (
      Array(
        notebook(
          metadata: String(repeating: "{\"a\":", count: 100_000)
            + String(repeating: "}", count: 100_000)
        ).utf8), notJSON + "line 2, column 5009: nested deeper than 1000 levels"
    ),
    (
      Array(notebook(metadata: "{\"a\": \"").utf8) + [0x61, 0xFF, 0x22],
      notJSON
        + "line 2, column 22: a control character in a string must be escaped, found byte 0x0a"
    ),
    (
      Array("{\"nbformat\": 4,\n \"a\": \"é".utf8) + [0xC3, 0x28, 0x22, 0x7D],
      notJSON + "line 2, column 9: byte 0xc3 is not UTF-8"
    ),
    (
      Array(notebook(metadata: "{}", cells: "[{\"cell_type\": \"co").utf8.dropLast()),
      notJSON + "line 3, column 26: this string is not terminated"
    ),
    (
      // Latin-1, as old editors saved it.
      Array("{\"nbformat\": 4, \"caf".utf8) + [0xE9] + Array("\": 1}".utf8),
      notJSON + "line 1, column 21: byte 0xe9 is not UTF-8"
    ),
    (
      // UTF-16 with its byte order mark, as Windows tools save it.
      [0xFF, 0xFE] + "{\"nbformat\": 4}".utf8.flatMap { [$0, 0] },
      notJSON + "line 1, column 1: expected a value, found byte 0xff"
    ),
    (
      Array("{\"nbformat\": \(String(repeating: "9", count: 100_000))}".utf8),
      "nbformat: nbformat \(String(repeating: "9", count: 40))… is not known; this version of Lyre reads "
        + "nbformat 1 to 4"
    ),
    (
      Array("{\"nbformat\": 4, \"nbformat_minor\": 1e400, \"cells\": []}".utf8),
      "nbformat_minor: expected an integer, found 1e400"
    ),
    (
      Array("{\"nbformat\": 4, \"nbformat_minor\": -99999999999999999999}".utf8),
      "nbformat_minor: expected at least 0, found -99999999999999999999"
    ),
    (
      Array(
        notebook(metadata: "{}", cells: "[" + String(repeating: "[],", count: 300_000) + "1]").utf8),
      "cells[0]: expected an object, found an array"
    ),
    (
      Array(
        notebook(metadata: "{}", cells: "[{\"cell_type\": \"code\", \"source\": {}}]").utf8),
      "cells[0].source: expected a string or a list of strings"
    ),
    (
      Array("{\"nbformat\": 3, \"worksheets\": [{\"cells\": [7]}], \"metadata\": {}}".utf8),
      "worksheets[0].cells[0]: expected an object, found a number"
    ),
    (
      Array("<!DOCTYPE html>\n<html>".utf8),
      notJSON + "line 1, column 1: expected a value, found '<'"
    ),
    (
      Array("version https://git-lfs.github.com/spec/v1\n".utf8),
      "not a notebook: this is a pointer of Git LFS, and not the file that is stored there; "
        + "`git lfs pull` fetches that file"
    ),
    (
      Array("{\n<<<<<<< HEAD\n \"cells\": []\n=======\n".utf8),
      "not a notebook: line 2 is the marker <<<<<<< of an unresolved merge conflict; resolve the "
        + "conflict, or choose a side with `git checkout --ours` or `git checkout --theirs`"
    ),
  ]

  @Test("are rejected by every command with exit code 2 and the place", arguments: files.indices)
  func contents(_ number: Int) async throws {
    let file = HostileFileTests.files[number]
    try await Lyre.with { lyre in
      try lyre.directory.write(file.bytes, to: "nb.ipynb")
      for command in HostileFileTests.commands {
        let outcome = try await lyre.run(command + ["nb.ipynb"])
        #expect(outcome.code == 2 && outcome.output.isEmpty, "\(command): \(outcome)")
        let prefix = ["check", "format"].contains(command[0]) ? "" : "error: "
        if command == ["check"] {
          // It also reports other faults, up to a limit.
          #expect(outcome.errors.contains("nb.ipynb: \(file.message)"), "\(command)")
          #expect(outcome.errors.utf8.count < 100_000)
        } else {
          #expect(outcome.errors == "\(prefix)nb.ipynb: \(file.message)\n", "\(command)")
        }
      }
      #expect(lyre.kernel.starts.isEmpty)
      #expect(try lyre.directory.read("nb.ipynb") == file.bytes)
    }
  }

  @Test("that are not regular files are rejected at once: no pipe or device is read")
  func kinds() async throws {
    try await Lyre.with { lyre in
      let path = lyre.directory.path
      try lyre.directory.makeDirectory("folder.ipynb")
      try #require(mkfifo("\(path)/pipe.ipynb", 0o600) == 0)
      try #require(symlink("/dev/zero", "\(path)/zero.ipynb") == 0)
      try #require(symlink("loop.ipynb", "\(path)/loop.ipynb") == 0)
      let messages = [
        ("folder.ipynb", "this is a directory, not a notebook"),
        ("pipe.ipynb", "this is not a regular file; use `-` for a pipe"),
        ("zero.ipynb", "this is not a regular file; use `-` for a pipe"),
        ("loop.ipynb", "the file cannot be read: Too many levels of symbolic links"),
        ("none.ipynb", "there is no such file"),
        ("folder.ipynb/none.ipynb", "there is no such file"),
        (
          "\(String(repeating: "x", count: 300)).ipynb",
          "the file cannot be read: File name too long"
        ),
      ]
      for command in HostileFileTests.commands {
        for (name, message) in messages {
          let outcome = try await lyre.run(command + [name])
          #expect(outcome.code == 2, "\(command): \(outcome)")
          #expect(outcome.errors.hasSuffix("\(name): \(message)\n"), "\(command): \(outcome)")
        }
      }
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("above the maximum size are rejected before a byte is read")
  func tooLarge() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("{", to: "nb.ipynb")
      try #require(truncate(lyre.directory.path("nb.ipynb"), 5 << 30) == 0)
      for command in HostileFileTests.commands {
        let outcome = try await lyre.run(command + ["nb.ipynb"])
        #expect(outcome.code == 2)
        #expect(
          outcome.errors.hasSuffix(
            "nb.ipynb: the file has 5368709120 bytes; the maximum is 4 GiB\n"))
      }
    }
  }

  private static let python = RealKernels.folder + "/main/bin/python"

  @Test(
    "take at most three times their size in memory, like large ones",
    .enabled(if: RealKernels.has("xpython"), Comment(rawValue: RealKernels.missing)),
    arguments: [
      ("{\"a\": \"", "\"}", 0), ("{\"a\": \"", "", 2), ("{\"a\": \"\\u00e9\\\"", "\"}", 0),
    ])
  func memory(_ opening: String, _ closing: String, _ code: Int32) async throws {
    let size = 12 << 20
    let text = HostileFileTests.notebook(metadata: opening + "TEXT" + closing)
    let parts = text.split(separator: "TEXT", maxSplits: 1)
    var bytes = Array(parts[0].utf8)
    bytes += [UInt8](repeating: 0x78, count: size)
    bytes += parts[1].utf8
    let measure = """
      import os, sys
      process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
      _, status, usage = os.wait4(process, 0)
      print(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024)
      """
    try await Lyre.with { lyre in
      try lyre.directory.write(bytes, to: "nb.ipynb")
      try lyre.directory.write("{}", to: "small.ipynb")
      func peak(_ name: String) async throws -> (code: Int32, memory: Int) {
        let command = try RunningCommand(
          HostileFileTests.python, ["-c", measure, BuiltProduct.path("lyre"), "check", name],
          environment: ["PATH": "/usr/bin:/bin"], directory: lyre.directory.path)
        let numbers = await command.result().outputText.split(whereSeparator: \.isWhitespace)
        try #require(numbers.count == 2)
        return (Int32(numbers[0]) ?? -1, Int(numbers[1]) ?? .max)
      }
      let small = try await peak("small.ipynb")
      let large = try await peak("nb.ipynb")
      #expect(large.code == code)
      #expect(large.memory - small.memory < 3 * bytes.count, "\(small) \(large)")
    }
  }
}
