package import JSONCore
import ObjectStorage

extension RuntimeConfiguration {
  /// The members as they may be shown: secrets that are in the file as stars, URLs without user and query.
  package var shown: JSONObject {
    var result: JSONObject = [:]
    for member in file.metadata {
      let name = "\(member.key)"
      let key = RuntimeKey(rawValue: name)
      var value = member.value
      let text = member.value.string
      if key?.isSecret ?? RuntimeConfiguration.mayBeSecret(name) {
        value = .init(text.map { $0.isEmpty ? "" : "\(SecretText($0))" } ?? "***")
      } else if let text, key?.isAddress ?? false || WebFile.isURL(text) {
        value = .init(WebFile.shown(text))
      }
      result.append(key: member.key, value: value)
    }
    return result
  }

  /// Whether a member that is not known sounds like a secret.
  private static func mayBeSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["passw", "token", "secret_key", "private", "credential", "api_key"].contains {
      name.contains($0)
    }
  }

  /// What `--json` shows of it.
  package var json: JSONObject {
    [
      "name": .init(name), "display_name": .init(displayName), "engine": .init(engine.rawValue),
      "file": .init(place), "metadata": .object(shown),
    ]
  }
}
