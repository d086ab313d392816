import JSONCore

/// A notebook in Jupyter's canonical form, the same on every machine.
struct GeneratedNotebook: Sendable {
  /// Its content, for the names of benchmarks.
  let name: String
  /// The file.
  let bytes: [UInt8]

  /// 200 cells with printed logs, line by line.
  static let text = GeneratedNotebook(name: "text", cells: 200) { numbers in
    let lines = (0..<400).map { line in
      "epoch \(line)  loss=0.\(numbers.next() % 1_000_000)  \"ok\"\tacc=0.\(numbers.next() % 10_000)\n"
    }
    return [
      "name": "stdout", "output_type": "stream",
      "text": .array(lines.map { JSONValue($0) }),
    ]
  }

  /// 50 cells with plots, each one long line of base64.
  static let pictures = GeneratedNotebook(name: "pictures", cells: 50) { numbers in
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let base64 = (0..<100_000).map { _ in letters[Int(numbers.next() % 64)] } + [0x0A]
    return [
      "data": [
        "image/png": .init(String(decoding: base64, as: UTF8.self)),
        "text/plain": ["<Figure size 640x480 with 1 Axes>"],
      ],
      "metadata": [:], "output_type": "display_data",
    ]
  }

  private init(name: String, cells: Int, output: (inout Numbers) -> JSONValue) {
    var numbers = Numbers()
    let cells = (0..<cells).map { number -> JSONValue in
      [
        "cell_type": "code", "execution_count": .init(number + 1), "id": "cell-\(number)",
        "metadata": [:], "outputs": [output(&numbers)],
        "source": ["step = \(number)\n", "work(step)  # what it is about"],
      ]
    }
    let notebook: JSONValue = [
      "cells": .array(cells),
      "metadata": [
        "kernelspec": ["display_name": "Python 3", "language": "python", "name": "python3"]
      ],
      "nbformat": 4, "nbformat_minor": 5,
    ]
    self.name = name
    bytes = notebook.serialized(.jupyter) + [0x0A]
  }

  /// Its name and size, for the names of benchmarks.
  var title: String { "\(name), \(sizeText(bytes.count))" }
}

/// Pseudo-random numbers, always the same, so that the processor cannot predict branches.
private struct Numbers {
  private var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
