public import JSONCore

extension BenchmarkReport {
  /// The version of the JSON format, described in docs/bench.md.
  static let formatVersion = 1

  /// The report as JSON.
  public var json: JSONValue {
    [
      "lyre_bench": .init(BenchmarkReport.formatVersion), "version": .init(version),
      "date": .init(date), "machine": machine.json,
      "kernels": .array(kernels.map(\.json)),
    ]
  }

  /// An error: a report is not valid.
  public struct Invalid: Error, Sendable, CustomStringConvertible {
    /// The reason.
    public var description: String
  }

  /// Parses a JSON report.
  ///
  /// Unknown members are ignored, so that newer reports can be compared too.
  ///
  /// - Throws: ``Invalid`` if it is not such a report.
  public init(parsing bytes: [UInt8]) throws(Invalid) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw Invalid(description: "not JSON: \(error)")
    }
    guard let format = json["lyre_bench"]?.int, let kernels = json["kernels"]?.array else {
      throw Invalid(description: "not a report of `lyre bench --json`")
    }
    guard format == BenchmarkReport.formatVersion else {
      throw Invalid(
        description:
          "report format \(format) is not supported; this version reads format \(BenchmarkReport.formatVersion)"
      )
    }
    version = json["version"]?.string ?? ""
    date = json["date"]?.string ?? ""
    machine = Machine(json["machine"] ?? [:])
    self.kernels = kernels.map { KernelReport($0) }
  }
}

extension KernelReport {
  var json: JSONValue {
    // In the order of the list, and only the requested measurements.
    let measurements = Measurement.allCases.compactMap { measurement in
      results[measurement].map { outcome in
        JSONObject.Member(
          key: JSONString(measurement.rawValue), value: outcome.json(measurement.unit))
      }
    }
    return [
      "name": .init(name), "display_name": .init(displayName), "language": .init(language),
      "implementation": .init(implementation), "transport": .init(transport),
      "is_ceiling": .init(isReference), "rounds": .init(rounds),
      "measurements": .object(JSONObject(measurements)),
    ]
  }

  init(_ json: JSONValue) {
    self.init(
      name: json["name"]?.string ?? "", displayName: json["display_name"]?.string ?? "",
      language: json["language"]?.string ?? "",
      implementation: json["implementation"]?.string ?? "",
      transport: json["transport"]?.string ?? "", rounds: json["rounds"]?.int ?? 0)
    for member in json["measurements"]?.object ?? [:] {
      guard let measurement = Measurement(rawValue: member.key.string) else { continue }
      results[measurement] = Outcome(member.value)
    }
  }
}

extension KernelReport.Outcome {
  func json(_ unit: Measurement.Unit) -> JSONValue {
    switch self {
    case .failed(let reason): ["unit": .init(unit.rawValue), "error": .init(reason)]
    case .measured(let figures):
      [
        "unit": .init(unit.rawValue), "count": .init(figures.count),
        "min": .init(figures.minimum), "p25": .init(figures.lowerQuartile),
        "p50": .init(figures.median), "p75": .init(figures.upperQuartile),
        "p90": .init(figures.p90), "p99": .init(figures.p99), "max": .init(figures.maximum),
        "mean": .init(figures.mean),
        "distribution": .array(
          figures.distribution.map { [.init($0.value), .init($0.count)] }),
      ]
    }
  }

  /// Reads an outcome; one without a median is a failure.
  init(_ json: JSONValue) {
    guard let median = json["p50"]?.double else {
      self = .failed(json["error"]?.string ?? "the report contains no measurements")
      return
    }
    func number(_ name: String) -> Double { json[name]?.double ?? median }
    self = .measured(
      Figures(
        count: json["count"]?.int ?? 1, minimum: number("min"), lowerQuartile: number("p25"),
        median: median, upperQuartile: number("p75"), p90: number("p90"), p99: number("p99"),
        maximum: number("max"), mean: number("mean"),
        distribution: (json["distribution"]?.array ?? []).compactMap { bucket in
          guard let value = bucket[0]?.double, let count = bucket[1]?.int else { return nil }
          return Figures.Bucket(value: value, count: count)
        }))
  }
}
