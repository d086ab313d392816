// What the validator reports for other programs' sake is a note on the page, not a warning on every new node. Pure.

/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").Finding} Finding */

/**
 * A generic pipeline runs here without container images: their absence is a note.
 * @template {{view: View, findings: Finding[]}} S
 * @param {S} state
 * @returns {S}
 */
export function quieted(state) {
  const { view } = state;
  if (view.runtime_type !== null || !state.findings.some(isQuiet)) return state;
  const findings = state.findings.map((finding) =>
    isQuiet(finding) ? { ...finding, severity: /** @type {const} */ ("note") } : finding
  );
  /** @type {Map<string, "error"|"warning">} */
  const worst = new Map();
  for (const { node_id, severity } of findings) {
    if (node_id && severity !== "note" && worst.get(node_id) !== "error") worst.set(node_id, severity);
  }
  const flows = new Map(view.flows.map((flow) => [flow.id, flow]));
  /** @type {Map<string, "error"|"warning"|null>} */
  const known = new Map();
  /** @param {import("../types.js").PipelineNode} node @returns {"error"|"warning"|null} */
  const severity = (node) => {
    const before = known.get(node.id);
    if (before !== undefined) return before;
    known.set(node.id, null);
    const inner = node.subflow ? flows.get(node.subflow)?.nodes.map(severity) ?? [] : [];
    const all = [worst.get(node.id) ?? null, ...inner];
    const result = all.includes("error") ? "error" : all.includes("warning") ? "warning" : null;
    known.set(node.id, result);
    return result;
  };
  const shown = view.flows.map((flow) => ({
    ...flow,
    nodes: flow.nodes.map((node) => ({ ...node, severity: severity(node) })),
  }));
  return { ...state, findings, view: { ...view, flows: shown } };
}

/** @param {Finding} finding */
function isQuiet({ code, severity }) {
  return code === "missing-image" && severity === "warning";
}
