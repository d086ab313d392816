import JSONCore

/// A text as a terminal shows it after control characters in it that move the cursor: of a progress
/// bar, only the last state.
///
/// The outputs of other programs may contain such texts; those of Lyre do not.
package func terminalText(_ text: String) -> String {
  var terminal = TerminalText()
  terminal.append(text)
  return terminal.text.string
}
